// Shared Key: how a request to Azure Blob Storage is signed with the key of its account. Pure: the time is a parameter.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/hmac.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "http/message.h"

namespace lakeferry::azure {

// Of one account. One thread at a time.
class SharedKey {
 public:
  // kInvalidArgument where the key is no Base64; the error does not repeat it.
  [[nodiscard]] static Result<SharedKey> Make(std::string account, const Secret& key);

  // Adds x-ms-date and Authorization; of those that are there already it takes the place. x-ms-version must be there.
  // Path and query must be encoded as PercentEncode does; the body's length is that of request.body.
  void Sign(HttpRequest& request, TimeMs now);

  // What is signed, for tests and for whoever has to find out why a server came to something else.
  [[nodiscard]] std::string StringToSign(const HttpRequest& request) const;

 private:
  SharedKey(std::string account, HmacSha256 hmac) : account_(std::move(account)), hmac_(std::move(hmac)) {}

  std::string account_;
  HmacSha256 hmac_;
};

// "Sun, 29 Nov 2026 12:00:00 GMT" (RFC 9110 5.6.7).
[[nodiscard]] std::string HttpDate(TimeMs time);

}  // namespace lakeferry::azure
