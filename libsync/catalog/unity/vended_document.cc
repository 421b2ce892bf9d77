#include "catalog/unity/vended_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/known_secrets.h"
#include "json/writer.h"

namespace lakeferry::unity {
namespace {

struct Form {
  std::string_view key;  // the member that the answer has of it
  VendedKind kind;
  std::string_view secret;  // the member within
};
constexpr std::array<Form, 5> kForms{{{"aws_temp_credentials", VendedKind::kSessionKeys, "secret_access_key"},
                                      {"r2_temp_credentials", VendedKind::kSessionKeys, "secret_access_key"},
                                      {"azure_user_delegation_sas", VendedKind::kSharedSignature, "sas_token"},
                                      {"azure_aad", VendedKind::kEntraToken, "aad_token"},
                                      {"gcp_oauth_token", VendedKind::kGoogleToken, "oauth_token"}}};

std::unexpected<Error> WrongMember(std::string_view key, std::string_view why) {
  return Fail(ErrorCode::kCorruptLog, fmt::format("field '{}' {}", key, why));
}

// What a header or an address can have; all of these services' are.
Result<Secret> SecretIn(const json::Fields& fields, std::string_view key) {
  LF_TRY(const std::string_view text, fields.View(key));
  const bool fits = !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
  if (!fits) return WrongMember(key, "is no credential");
  return Secret::Filled(text.size(), [text](std::span<char> room) {
    std::ranges::copy(text, room.begin());
    return text.size();
  });
}

Status ReadSessionKeys(const json::Fields& fields, VendedCredential& out) {
  LF_TRY(const std::string_view id, fields.View("access_key_id"));
  const bool fits = !id.empty() && std::ranges::all_of(id, [](char c) { return c > ' ' && c <= '~' && c != '/'; });
  if (!fits) return WrongMember("access_key_id", "is no name of a key");
  out.access_key_id = id;
  LF_TRY(out.session_token, SecretIn(fields, "session_token"));
  if (fields.Has("access_point")) {
    LF_TRY(out.access_point, fields.String("access_point"));
  }
  return {};
}

// Milliseconds, which some servers write as text; none and 0 say nothing.
Result<std::optional<TimeMs>> EndIn(const json::Fields& fields) {
  constexpr std::string_view kKey = "expiration_time";
  if (!fields.Has(kKey)) return std::nullopt;
  int64_t ms = 0;
  if (const auto number = fields.FindInt(kKey)) {
    ms = number->value_or(0);
  } else {
    LF_TRY(const std::string_view text, fields.View(kKey));
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
    if (error != std::errc() || end != text.data() + text.size()) return WrongMember(kKey, "is no time");
  }
  if (ms == 0) return std::nullopt;
  const TimeMs time = FromEpochMs(ms);
  if (ms < 0 || time > kTimeMax) return WrongMember(kKey, "is no time");
  return std::optional(time);
}

std::string Ask(std::string_view key, std::string_view value, std::string_view operation) {
  json::Writer json(json::Texts::kAsTheyAre);
  json.Field(key, value);
  json.Field("operation", operation);
  return json.Finish();
}

}  // namespace

std::string AskForTable(std::string_view table_id, bool write) {
  return Ask("table_id", table_id, write ? "READ_WRITE" : "READ");
}

std::string AskForPlace(std::string_view uri, bool write) {
  return Ask("url", uri, write ? "PATH_CREATE_TABLE" : "PATH_READ");
}

Result<VendedCredential> ReadVended(const json::Fields& fields) {
  VendedCredential out;
  for (const Form& form : kForms) {
    if (!fields.Has(form.key)) continue;
    if (out.kind != VendedKind::kNone) return WrongMember(form.key, "stands beside another credential");
    LF_TRY(const json::Fields inner, fields.Object(form.key));
    out.kind = form.kind;
    LF_TRY(out.secret, SecretIn(inner, form.secret));
    if (form.kind == VendedKind::kSessionKeys) LF_TRY_OK(ReadSessionKeys(inner, out));
  }
  LF_TRY(out.ends, EndIn(fields));
  if (fields.Has("url")) {
    LF_TRY(out.scope, fields.String("url"));
  }
  out.hidden = std::make_shared<const std::array<std::shared_ptr<const void>, 2>>(
      std::array{RememberWhile(out.secret), RememberWhile(out.session_token)});
  return out;
}

}  // namespace lakeferry::unity
