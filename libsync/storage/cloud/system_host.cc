#include "storage/cloud/system_host.h"

#include <cstdlib>
#include <utility>

#include "async/offload.h"
#include "storage/cloud/helper_process.h"
#include "storage/cloud/secret_sources.h"

namespace lakeferry {
std::optional<std::string> SystemHost::Variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

Secret SystemHost::SecretVariable(const std::string& name) { return TakeSecretVariable(name); }

Task<Result<Secret>> SystemHost::ReadFile(Call call, std::string path) {
  LF_CO_TRY_OK(CheckWanted(call));
  Result<Secret> text =
      co_await Offload(pool_, [path = std::move(path)] { return ReadSecretFile(path, kHostFileBytesMax); });
  co_return text;
}

Task<Result<Secret>> SystemHost::Run(Call call, std::vector<std::string> command, Millis longest) {
  LF_CO_TRY_OK(CheckWanted(call));
  Result<Secret> output = co_await Offload(
      pool_, [command = std::move(command), longest, stop = call.stop] { return RunHelper(command, longest, stop); });
  co_return output;
}

}  // namespace lakeferry
