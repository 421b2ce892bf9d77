// SignatureCheck: whether a request was signed with the one key that the store knows (AWS Signature Version 4, in the
// header or in the query), by what came and nothing else.
#pragma once

#include <optional>
#include <string>

#include "base/hmac.h"
#include "base/time.h"
#include "bench/store/refusal.h"
#include "bench/store/request.h"

namespace lakeferry::bench {

struct Keys {
  std::string id;
  std::string secret;
  std::string region;
};

// One thread at a time.
class SignatureCheck {
 public:
  explicit SignatureCheck(Keys keys) : keys_(std::move(keys)) {}

  // InvalidAccessKeyId, SignatureDoesNotMatch, RequestTimeTooSkewed, AccessDenied, AuthorizationHeaderMalformed.
  Answer<bool> Check(const Request& request, TimeMs now);

 private:
  // What a request says of its signature.
  struct Said {
    std::string credential;
    std::string headers;
    std::string signature;
    std::string time;
    std::string payload;
    bool in_query = false;
  };
  static Answer<Said> Read(const Request& request);
  static Answer<Said> ReadQuery(const Request& request);
  HmacSha256& KeyOf(std::string_view day);

  Keys keys_;
  std::string day_;  // of the key
  std::optional<HmacSha256> key_;
};

}  // namespace lakeferry::bench
