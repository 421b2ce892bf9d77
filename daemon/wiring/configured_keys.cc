#include "daemon/wiring/configured_keys.h"

namespace lakeferry {

Result<aws::Credentials> ConfiguredKeys::Read() const {
  LF_TRY(const Secret id, Resolve(*names_.access_key_id));
  LF_TRY(Secret key, Resolve(*names_.secret_access_key));
  Secret token;
  if (names_.session_token) {
    LF_TRY(token, Resolve(*names_.session_token));
  }
  return aws::Credentials{
      .access_key_id = std::string(id.Reveal()), .secret_key = std::move(key), .session_token = std::move(token)};
}

Task<Result<aws::Credentials>> ConfiguredKeys::Get(Call) {
  if (!read_) {
    LF_CO_TRY(read_, Read());
  }
  co_return *read_;
}

void ConfiguredKeys::Distrust(const aws::Credentials&) { read_.reset(); }

}  // namespace lakeferry
