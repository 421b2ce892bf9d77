// ReadPermission: what the holder of an account's key hands to the service so that it may read one blob: a service SAS.
// Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/hmac.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

namespace lakeferry::azure {

// One thread at a time.
class ReadPermission {
 public:
  // kInvalidArgument where the key is no Base64; the error does not repeat it.
  [[nodiscard]] static Result<ReadPermission> Make(std::string account, const Secret& key);

  // "sv=…&sig=…": whoever has it may read that blob until `ends`. `path`: "/container/blob", decoded.
  [[nodiscard]] std::string Until(std::string_view path, TimeMs ends);
  // What is signed (service SAS, version 2020-12-06 and later).
  [[nodiscard]] std::string StringToSign(std::string_view path, TimeMs ends) const;

 private:
  ReadPermission(std::string account, HmacSha256 hmac) : account_(std::move(account)), hmac_(std::move(hmac)) {}

  std::string account_;
  HmacSha256 hmac_;
};

}  // namespace lakeferry::azure
