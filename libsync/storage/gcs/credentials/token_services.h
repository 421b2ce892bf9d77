// The services of Google that hand out tokens.
#pragma once

#include "env/clock.h"
#include "http/transport.h"
#include "storage/cloud/access_token.h"
#include "storage/cloud/host.h"
#include "storage/gcs/credentials/key_file.h"

namespace lakeferry::gcs {

// What is asked for: objects of Cloud Storage, read and written.
inline constexpr std::string_view kScope = "https://www.googleapis.com/auth/devstorage.read_write";
// What whoever asks in another's name needs.
inline constexpr std::string_view kPlatformScope = "https://www.googleapis.com/auth/cloud-platform";

// What it refers to outlives every call.
struct TokenContext {
  HttpTransport& http;
  HttpTransport& metadata;  // for services of this machine, which no proxy stands in front of
  Host& host;
  const Clock& clock;
};

// The signed text with which an account asks for a token of one hour (JWT, RFC 7519 and 7523).
[[nodiscard]] std::string AssertionOf(const ServiceAccount& account, std::string_view scope, TimeMs now);

// Of a key file of any kind.
Task<Result<AccessToken>> TokenOf(Call call, TokenContext context, KeyFile file, std::string scope);
// Of the account that is attached to the machine, or to the pod. kUnauthorized where nothing answers within a second.
Task<Result<AccessToken>> TokenOfMachine(Call call, TokenContext context, Origin origin);

}  // namespace lakeferry::gcs
