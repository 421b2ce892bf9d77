#include "daemon/config/config_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lakeferry {

std::optional<Location> CheckLocation(const ConfigText& text, ConfigProblems& problems) {
  Result<Location> location = Location::Parse(text.text);
  if (location) return *std::move(location);
  problems.Add(text.place, location.error().message, location.error().remedy);
  return std::nullopt;
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

std::string TextAt(ConfigMap& map, std::string_view key) {
  const auto text = map.Text(key);
  return text ? text->text : std::string();
}

bool IsSaid(ConfigMap& map, std::string_view key) { return map.Choice(key, {"false", "true"}).value_or(0) == 1; }

void RefuseOthersThan(ConfigMap& map, const ConfigLevel& level, std::initializer_list<std::string_view> keys,
                      std::string_view kind) {
  for (const std::string_view key : level.Names()) {
    if (key == "kind" || std::ranges::find(keys, key) != keys.end() || !map.Has(key)) continue;
    map.Report(key, fmt::format("{} is not of kind: {}", key, kind), "remove it");
  }
}

}  // namespace lakeferry
