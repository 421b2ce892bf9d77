#include "storage/gcs/credentials/key_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/known_secrets.h"
#include "json/reader.h"

namespace lakeferry::gcs {
namespace {

constexpr size_t kFileBytesMax = size_t{1} << 20;
constexpr std::string_view kTokenUri = "https://oauth2.googleapis.com/token";

std::unexpected<Error> Wrong(std::string why, std::string_view where, std::string remedy) {
  return Fail(ErrorCode::kInvalidArgument, std::move(why), std::string(where), std::move(remedy));
}

// A file may come from anybody; where it sends a key or a token is looked at.
Result<std::string> UrlOfGoogle(const json::Fields& fields, std::string_view key, std::string_view where) {
  LF_TRY(std::string text, fields.String(key));
  const auto url = ParseUrl(text);
  const bool good = url && url->origin.tls && url->origin.host.ends_with(".googleapis.com");
  if (!good) {
    return Wrong(fmt::format("field '{}' is no address of Google", key), where,
                 "take a file that Google's tools have made: its URLs begin with https:// and lead to googleapis.com");
  }
  return text;
}

Result<Secret> SecretOf(const json::Fields& fields, std::string_view key) {
  LF_TRY(const std::string_view text, fields.View(key));
  Secret secret = Secret::Filled(text.size(), [text](std::span<char> room) {
    std::ranges::copy(text, room.begin());
    return text.size();
  });
  RememberSecret(secret);
  return secret;
}

Result<std::string> TokenUri(const json::Fields& fields, std::string_view where) {
  if (!fields.Has("token_uri")) return std::string(kTokenUri);
  return UrlOfGoogle(fields, "token_uri", where);
}

Result<KeyFile> ReadServiceAccount(const json::Fields& fields, std::string_view where) {
  LF_TRY(const Secret pem, SecretOf(fields, "private_key"));
  auto key = RsaKey::FromPem(pem);
  if (!key) return FailAt(std::move(key).error(), fmt::format("private_key in {}", where));
  LF_TRY(std::string email, fields.String("client_email"));
  LF_TRY(std::string token_uri, TokenUri(fields, where));
  const auto key_id = fields.String("private_key_id");
  return KeyFile{.kind = ServiceAccount{.email = std::move(email),
                                        .key_id = key_id ? *key_id : std::string(),
                                        .key = *std::move(key),
                                        .token_uri = std::move(token_uri)}};
}

Result<KeyFile> ReadUser(const json::Fields& fields, std::string_view where) {
  LF_TRY(std::string id, fields.String("client_id"));
  LF_TRY(Secret secret, SecretOf(fields, "client_secret"));
  LF_TRY(Secret refresh, SecretOf(fields, "refresh_token"));
  LF_TRY(std::string token_uri, TokenUri(fields, where));
  return KeyFile{.kind = AuthorizedUser{.client_id = std::move(id),
                                        .client_secret = std::move(secret),
                                        .refresh_token = std::move(refresh),
                                        .token_uri = std::move(token_uri)}};
}

// Where the subject's token is.
Status ReadSubject(const json::Fields& source, std::string_view where, ExternalAccount& account) {
  for (const std::string_view refused : {"environment_id", "executable", "certificate"}) {
    if (source.Has(refused)) {
      return Wrong(fmt::format("a credential_source with '{}' is not supported", refused), where,
                   "use one that names a file or a URL");
    }
  }
  if (source.Has("file") == source.Has("url")) {
    return Wrong("the credential_source names neither a file nor a URL, or both", where, "name one of them");
  }
  if (source.Has("file")) {
    LF_TRY(account.file, source.String("file"));
  } else {
    LF_TRY(account.url, source.String("url"));
    if (auto url = ParseUrl(account.url); !url) return FailAt(std::move(url).error(), std::string(where));
  }
  if (source.Has("headers")) {
    LF_TRY(const json::Fields headers, source.Object("headers"));
    // Those that the platforms ask for; no file is known with others.
    for (const char* name : {"Metadata", "Metadata-Flavor", "Authorization", "Accept"}) {
      if (!headers.Has(name)) continue;
      LF_TRY(account.url_headers[name], headers.String(name));
    }
  }
  if (!source.Has("format")) return {};
  LF_TRY(const json::Fields format, source.Object("format"));
  LF_TRY(const std::string_view type, format.View("type"));
  if (type == "text") return {};
  if (type != "json") return Wrong("the format of the credential_source is unknown", where, "use text or json");
  LF_TRY(account.field, format.String("subject_token_field_name"));
  return {};
}

Result<KeyFile> ReadExternal(const json::Fields& fields, std::string_view where) {
  ExternalAccount account;
  LF_TRY(account.audience, fields.String("audience"));
  LF_TRY(account.subject_token_type, fields.String("subject_token_type"));
  LF_TRY(account.token_url, UrlOfGoogle(fields, "token_url", where));
  if (fields.Has("service_account_impersonation_url")) {
    LF_TRY(account.impersonation_url, UrlOfGoogle(fields, "service_account_impersonation_url", where));
  }
  LF_TRY(const json::Fields source, fields.Object("credential_source"));
  LF_TRY_OK(ReadSubject(source, where, account));
  return KeyFile{.kind = std::move(account)};
}

// NOLINTNEXTLINE(misc-no-recursion): documents nest within bounds
Result<KeyFile> ReadFields(const json::Fields& fields, std::string_view where) {
  LF_TRY(const std::string_view type, fields.View("type"));
  if (type == "service_account") return ReadServiceAccount(fields, where);
  if (type == "authorized_user") return ReadUser(fields, where);
  if (type == "external_account") return ReadExternal(fields, where);
  if (type == "impersonated_service_account") {
    LF_TRY(std::string url, UrlOfGoogle(fields, "service_account_impersonation_url", where));
    LF_TRY(const json::Fields source, fields.Object("source_credentials"));
    LF_TRY(KeyFile base, ReadFields(source, where));
    return KeyFile{.kind =
                       Impersonated{.url = std::move(url), .base = std::make_shared<const KeyFile>(std::move(base))}};
  }
  return Wrong("credentials of this type are not supported", where,
               "use service_account, authorized_user, external_account or impersonated_service_account");
}

}  // namespace

Result<KeyFile> ReadKeyFile(const Secret& json, std::string_view where) {
  json::Reader reader(kFileBytesMax);
  const auto fields = reader.Read(json.Reveal(), "the file of credentials", where);
  Result<KeyFile> file = fields ? ReadFields(*fields, where) : std::unexpected(fields.error());
  if (file || file.error().code == ErrorCode::kInvalidArgument) return file;
  Error error = std::move(file).error();
  error.code = ErrorCode::kInvalidArgument;
  error.remedy = "take a file that Google's tools have made";
  return std::unexpected(std::move(error));
}

}  // namespace lakeferry::gcs
