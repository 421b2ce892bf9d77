// Credentials as JSON, in the words of each service that hands them out. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "json/reader.h"
#include "storage/aws/credentials.h"

namespace lakeferry::aws {

struct DocumentWords {
  std::string_view id = "AccessKeyId";
  std::string_view secret = "SecretAccessKey";
  std::string_view token = "Token";
  std::string_view ends = "Expiration";  // RFC 3339, or milliseconds
};

// Of the members of a document. A token and an end may be missing where `lasting`. kUnauthorized naming the member that
// is missing or wrong, and never a value.
[[nodiscard]] Result<Credentials> ReadCredentials(const json::Fields& fields, const DocumentWords& words, bool lasting);
// Of a whole document.
[[nodiscard]] Result<Credentials> ReadCredentials(const Secret& document, const DocumentWords& words, bool lasting,
                                                  std::string_view what, std::string_view where);

// From their parts; texts are without them as long as they live.
[[nodiscard]] Credentials MakeCredentials(std::string id, Secret secret, Secret token, std::optional<TimeMs> ends);
[[nodiscard]] Secret SecretFrom(std::string_view text);

// kUnauthorized for those that have ended before they were there.
[[nodiscard]] Result<Credentials> CheckAlive(Credentials credentials, TimeMs now, std::string_view from);

}  // namespace lakeferry::aws
