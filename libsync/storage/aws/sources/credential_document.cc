#include "storage/aws/sources/credential_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/known_secrets.h"

namespace lakeferry::aws {
namespace {

constexpr size_t kDocumentBytesMax = size_t{64} << 10;

std::unexpected<Error> NoCredentials(Error error) {
  error.code = ErrorCode::kUnauthorized;
  error.message = "the credentials that came are incomplete: " + error.message;
  if (error.remedy.empty()) error.remedy = "see what answers there";
  return std::unexpected(std::move(error));
}

Result<std::optional<TimeMs>> EndOf(const json::Fields& fields, std::string_view key) {
  if (const auto ms = fields.FindTime(key); ms && *ms) return *ms;
  LF_TRY(const std::string_view text, fields.View(key));
  auto time = ParseTime(text);
  if (!time) {
    return Fail(ErrorCode::kUnauthorized, fmt::format("field '{}' is no time", key), {}, "see what answers there");
  }
  return std::optional(*time);
}

}  // namespace

Secret SecretFrom(std::string_view text) {
  return Secret::Filled(text.size(), [text](std::span<char> room) {
    std::ranges::copy(text, room.begin());
    return text.size();
  });
}

Credentials MakeCredentials(std::string id, Secret secret, Secret token, std::optional<TimeMs> ends) {
  auto hidden = std::make_shared<const std::array<std::shared_ptr<const void>, 2>>(
      std::array{RememberWhile(secret), RememberWhile(token)});
  return {.access_key_id = std::move(id),
          .secret_key = std::move(secret),
          .session_token = std::move(token),
          .ends = ends,
          .hidden = std::move(hidden)};
}

Result<Credentials> ReadCredentials(const json::Fields& fields, const DocumentWords& words, bool lasting) {
  const auto id = fields.View(words.id);
  if (!id) return NoCredentials(id.error());
  const auto secret = fields.View(words.secret);
  if (!secret) return NoCredentials(secret.error());
  Secret token;
  if (!lasting || fields.Has(words.token)) {
    const auto text = fields.View(words.token);
    if (!text) return NoCredentials(text.error());
    token = SecretFrom(*text);
  }
  std::optional<TimeMs> ends;
  if (!lasting || fields.Has(words.ends)) {
    const auto time = EndOf(fields, words.ends);
    if (!time) return NoCredentials(time.error());
    ends = *time;
  }
  if (id->empty() || secret->empty()) {
    return Fail(ErrorCode::kUnauthorized, "the credentials that came are empty", {}, "see what answers there");
  }
  return MakeCredentials(std::string(*id), SecretFrom(*secret), std::move(token), ends);
}

Result<Credentials> ReadCredentials(const Secret& document, const DocumentWords& words, bool lasting,
                                    std::string_view what, std::string_view where) {
  json::Reader reader(kDocumentBytesMax);
  const auto fields = reader.Read(document.Reveal(), what, where);
  if (!fields) {
    Error error = fields.error();
    error.code = ErrorCode::kUnauthorized;
    error.remedy = "see what answers there: a proxy, a login page";
    return std::unexpected(std::move(error));
  }
  auto credentials = ReadCredentials(*fields, words, lasting);
  if (!credentials) return FailAt(std::move(credentials).error(), std::string(where));
  return credentials;
}

Result<Credentials> CheckAlive(Credentials credentials, TimeMs now, std::string_view from) {
  if (!credentials.ends || now < *credentials.ends) return credentials;
  return Fail(
      ErrorCode::kUnauthorized,
      fmt::format("the credentials that came ended at {}, and it is {}", FormatUtc(*credentials.ends), FormatUtc(now)),
      std::string(from), "see that this machine's clock is right, then who hands out old ones");
}

}  // namespace lakeferry::aws
