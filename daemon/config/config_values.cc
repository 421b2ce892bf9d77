#include "daemon/config/config_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "storage/file/file_uri.h"

namespace lakeferry {
namespace {

constexpr std::array<std::string_view, 8> kSchemes{"file", "s3", "s3a", "abfss", "abfs", "wasbs", "gs", "az"};
constexpr size_t kSchemeBytesMax = 12;
constexpr std::string_view kSchemeRemedy =
    "write file:///folder, s3://bucket/prefix, "
    "abfss://container@account.dfs.core.windows.net/prefix or gs://bucket/prefix";

bool HasDotSegment(std::string_view path) {
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (segment == "." || segment == "..") return true;
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return false;
}

// A password before '@' or a query with a signature. `rest` is what follows "scheme://".
bool CarriesSecret(std::string_view rest) {
  const std::string_view authority = rest.substr(0, rest.find('/'));
  const size_t at = authority.find('@');
  const bool password = at != std::string_view::npos && authority.substr(0, at).contains(':');
  return password || rest.contains('?') || rest.contains('#');
}

std::string WithoutDoubledSlashes(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (c != '/' || out.empty() || out.back() != '/') out.push_back(c);
  }
  while (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

// One spelling for one folder, so that two spellings are found to be the same.
std::string FileUri(const std::string& path) {
  std::string uri = "file://";
  for (const char c : WithoutDoubledSlashes(path)) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      uri.push_back(c);
    }
  }
  return uri;
}

std::optional<Location> CheckFileLocation(const ConfigText& text, ConfigProblems& problems) {
  const auto path = ParseFileUri(text.text);
  if (path) return Location{.uri = FileUri(*path), .scheme = "file"};
  problems.Add(text.place, path.error().message,
               path.error().remedy.empty() ? "write file:///folder" : path.error().remedy);
  return std::nullopt;
}

}  // namespace

std::optional<Location> CheckLocation(const ConfigText& text, ConfigProblems& problems) {
  const std::string_view uri = text.text;
  const std::string scheme = UriScheme(uri);
  if (scheme == "file") return CheckFileLocation(text, problems);
  const size_t colon = uri.find("://");
  if (colon == std::string_view::npos) {
    const bool path = uri.starts_with('/');
    problems.Add(text.place, "this is no location: it has no scheme",
                 path ? fmt::format("write file://{}", uri) : std::string(kSchemeRemedy));
    return std::nullopt;
  }
  const std::string_view rest = uri.substr(colon + 3);
  if (std::ranges::find(kSchemes, scheme) == kSchemes.end()) {
    // What stands before "://" may be anything, a password too, where it is no scheme.
    problems.Add(text.place,
                 scheme.empty() || scheme.size() > kSchemeBytesMax
                     ? "what stands before :// is no scheme"
                     : fmt::format("{}:// is no scheme of an object store", scheme),
                 std::string(kSchemeRemedy));
    return std::nullopt;
  }
  if (CarriesSecret(rest)) {
    problems.Add(text.place, "the location carries a password, signature or other query",
                 "remove it: secrets are given by reference only");
    return std::nullopt;
  }
  if (HasDotSegment(rest)) {
    problems.Add(text.place, "the location has '.' or '..' as a segment", "write the folder's real path");
    return std::nullopt;
  }
  if (rest.empty() || rest.starts_with('/')) {
    problems.Add(text.place, "the location names no bucket or container", std::string(kSchemeRemedy));
    return std::nullopt;
  }
  return Location{.uri = fmt::format("{}://{}", scheme, WithoutDoubledSlashes(rest)), .scheme = scheme};
}

bool CheckName(const ConfigText& text, ConfigProblems& problems) {
  constexpr size_t kNameBytesMax = 200;
  if (text.text.size() <= kNameBytesMax) return true;
  problems.Add(text.place, fmt::format("the name has {} bytes, more than {}", text.text.size(), kNameBytesMax),
               "choose a shorter one");
  return false;
}

std::vector<std::string> CheckAddresses(const std::vector<ConfigText>& texts, ConfigProblems& problems) {
  std::vector<std::string> addresses;
  for (const ConfigText& text : texts) {
    const size_t at = text.text.find('@');
    const bool fits = at != std::string::npos && at > 0 && at + 1 < text.text.size() &&
                      text.text.find('@', at + 1) == std::string::npos &&
                      text.text.find_first_of(" <>,;\"()\\") == std::string::npos;
    if (fits) {
      addresses.push_back(text.text);
    } else {
      problems.Add(text.place, fmt::format("'{}' is no mail address", text.text),
                   "write one address such as team@example.com; several as a list");
    }
  }
  return addresses;
}

bool IsCatalogName(std::string_view name) {
  if (name.find_first_of(" /:") != std::string_view::npos) return false;
  const size_t first = name.find('.');
  const size_t last = name.rfind('.');
  return first != std::string_view::npos && first > 0 && last > first + 1 && last + 1 < name.size() &&
         std::ranges::count(name, '.') == 2;
}

bool LooksLikeSecret(std::string_view text) {
  constexpr size_t kTokenMin = 32;
  const bool hex = std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  return (text.starts_with("dapi") && text.size() >= kTokenMin) || (hex && text.size() >= kTokenMin);
}

std::optional<SecretRef> ReadSecretRef(ConfigMap& map, std::string_view key) {
  constexpr std::string_view kRemedy =
      "name where the secret is kept: {env: VARIABLE}, {file: /path} or {credential: name}";
  const ConfigNode* value = map.Value(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind != ConfigNode::Kind::kMap) {
    map.Report(key, fmt::format("{} holds a secret inline", key), std::string(kRemedy));
    return std::nullopt;
  }
  auto reference = map.Map(key, kSecretLevel);
  if (!reference) return std::nullopt;
  const int forms = int{reference->Has("env")} + int{reference->Has("file")} + int{reference->Has("credential")};
  if (forms != 1) {
    map.Report(key, fmt::format("{} takes exactly one of env, file and credential", key), std::string(kRemedy));
    return std::nullopt;
  }
  if (const auto name = reference->Text("env")) return SecretRef{SecretRef::Kind::kEnvironment, name->text};
  if (const auto name = reference->Text("file")) {
    if (name->text.starts_with('/')) return SecretRef{SecretRef::Kind::kFile, name->text};
    reference->Report("file", "the path is not absolute", "write it from the root on");
  }
  if (const auto name = reference->Text("credential")) {
    if (!name->text.contains('/')) return SecretRef{SecretRef::Kind::kCredential, name->text};
    reference->Report("credential", "a credential's name has no '/'", "write the name that LoadCredential= gives it");
  }
  return std::nullopt;
}

}  // namespace lakeferry
