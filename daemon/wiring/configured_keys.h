// ConfiguredKeys: credentials whose parts the configuration names.
#pragma once

#include <optional>

#include "daemon/config/store_settings.h"
#include "storage/aws/credentials.h"

namespace lakeferry {

// Read at the first use, and again when a server refuses them: a file may have been replaced. On the engine thread.
class ConfiguredKeys final : public aws::CredentialSource {
 public:
  explicit ConfiguredKeys(S3Credential names) : names_(std::move(names)) {}

  Task<Result<aws::Credentials>> Get(Call call) override;
  void Distrust(const aws::Credentials& refused) override;

 private:
  [[nodiscard]] Result<aws::Credentials> Read() const;

  const S3Credential names_;
  std::optional<aws::Credentials> read_;
};

}  // namespace lakeferry
