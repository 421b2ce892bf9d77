#include "storage/azure/credentials/connection_string.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/known_secrets.h"
#include "http/origin.h"

namespace lakeferry::azure {
namespace {

constexpr std::string_view kName = "AZURE_STORAGE_CONNECTION_STRING";
// Published with the emulator; it guards nothing.
constexpr std::string_view kEmulatorAccount = "devstoreaccount1";
constexpr std::string_view kEmulatorKey =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
constexpr std::string_view kEmulatorEndpoint = "http://127.0.0.1:10000/devstoreaccount1";

using Parts = std::map<std::string, std::string_view, std::less<>>;

std::unexpected<Error> Wrong(std::string_view why) {
  return Fail(ErrorCode::kInvalidArgument, fmt::format("the connection string {}", why), std::string(kName),
              "copy it as the portal shows it: AccountName=…;AccountKey=…;EndpointSuffix=…");
}

Secret Remembered(std::string_view text) {
  const Secret secret = Secret::Filled(text.size(), [text](std::span<char> room) {
    std::ranges::copy(text, room.begin());
    return text.size();
  });
  RememberSecret(secret);
  return secret;
}

Result<Parts> PartsOf(std::string_view text) {
  Parts parts;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(';'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    if (part.empty()) continue;
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos) return Wrong("has a part without '='");
    std::string name(part.substr(0, equals));
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    parts[std::move(name)] = part.substr(equals + 1);
  }
  return parts;
}

std::string_view ValueOf(const Parts& parts, std::string_view name, std::string_view otherwise = {}) {
  const auto found = parts.find(name);
  return found == parts.end() ? otherwise : found->second;
}

bool IsAccount(std::string_view name) {
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace

Result<ConnectionString> ParseConnectionString(const Secret& text) {
  LF_TRY(const Parts parts, PartsOf(text.Reveal()));
  if (ValueOf(parts, "usedevelopmentstorage") == "true") {
    return ConnectionString{.account = std::string(kEmulatorAccount),
                            .key = Secret(std::string(kEmulatorKey)),
                            .blob_endpoint = std::string(kEmulatorEndpoint)};
  }
  ConnectionString connection{.account = std::string(ValueOf(parts, "accountname"))};
  std::string endpoint(ValueOf(parts, "blobendpoint"));
  if (connection.account.empty() && endpoint.empty()) return Wrong("has no AccountName");
  if (!connection.account.empty() && !IsAccount(connection.account)) return Wrong("has an AccountName that is none");
  if (endpoint.empty()) {
    endpoint = fmt::format("{}://{}.blob.{}", ValueOf(parts, "defaultendpointsprotocol", "https"), connection.account,
                           ValueOf(parts, "endpointsuffix", "core.windows.net"));
  }
  while (endpoint.ends_with('/')) endpoint.pop_back();
  const auto url = ParseUrl(endpoint);
  if (!url) return Wrong("has a BlobEndpoint that is no URL");
  // An endpoint tells the account where nothing else does.
  if (connection.account.empty()) connection.account = url->origin.host.substr(0, url->origin.host.find('.'));
  connection.blob_endpoint = std::move(endpoint);
  std::string_view signature = ValueOf(parts, "sharedaccesssignature");
  if (signature.starts_with('?')) signature.remove_prefix(1);
  const std::string_view key = ValueOf(parts, "accountkey");
  if (key.empty() && signature.empty()) return Wrong("has neither AccountKey nor SharedAccessSignature");
  if (!key.empty()) connection.key = Remembered(key);
  if (key.empty()) connection.signature = Remembered(signature);
  return connection;
}

}  // namespace lakeferry::azure
