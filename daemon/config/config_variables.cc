#include "daemon/config/config_variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/config/config_schema.h"
#include "daemon/config/text_bytes.h"

namespace lakeferry {
namespace {

using Kind = ConfigNode::Kind;

constexpr std::string_view kOpening = "${";
constexpr std::string_view kDefault = ":-";
constexpr std::string_view kForms = "write ${NAME} or ${NAME:-default}; $$ is one '$'";
constexpr size_t kValueBytesMax = size_t{16} << 20;  // of all together: a few bytes can name a large value often

bool IsVariableName(std::string_view text) {
  const auto is_of_name = [](unsigned char c) {
    return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && std::ranges::all_of(text, is_of_name) && (text[0] < '0' || text[0] > '9');
}

ConfigPlace PlaceIn(const ConfigPlace& at, int line, int column, std::string path) {
  return {.file = at.file, .line = line, .column = column, .path = std::move(path)};
}

}  // namespace

void ConfigVariables::Expand(ConfigNode& root, const std::string& file, ConfigProblems& problems) {
  ExpandNode(root, {.file = file, .line = root.line, .column = root.column, .path = {}}, /*secret=*/false, problems);
}

void ConfigVariables::CheckSecrets(ConfigProblems& problems) const {
  for (const Use& use : uses_) {
    const auto secret = secrets_.find(use.name);
    if (secret == secrets_.end()) continue;
    problems.Add(use.place,
                 fmt::format("a secret is kept in the variable {} ({}), and this value would show it", use.name,
                             SeenFrom(use.place, secret->second)),
                 "keep the secret in a variable of its own");
  }
}

void ConfigVariables::ExpandNode(ConfigNode& node, const ConfigPlace& at, bool secret, ConfigProblems& problems) {
  if (node.kind == Kind::kMap) {
    ExpandMap(node, at, secret, problems);
  } else if (node.kind == Kind::kList) {
    for (size_t i = 0; i < node.items.size(); ++i) {
      ConfigNode& item = node.items[i];
      ExpandNode(item, PlaceIn(at, item.line, item.column, PathOfElement(at.path, i)), secret, problems);
    }
  } else if (node.kind == Kind::kScalar && !secret) {
    ExpandText(node, at, problems);
  } else if (node.kind == Kind::kScalar && node.text.contains(kOpening)) {
    node.reported = true;
    problems.Add(at, "a variable stands where a secret is named, and nothing of a secret comes by ${…}",
                 "write where the secret is kept as it is: {env: VARIABLE}, {file: /path} or {credential: name}");
  }
}

void ConfigVariables::ExpandMap(ConfigNode& map, const ConfigPlace& at, bool secret, ConfigProblems& problems) {
  for (size_t i = 0; i < map.keys.size();) {
    const ConfigNode::Key& key = map.keys[i];
    ConfigNode& value = map.items[i];
    std::string path = PathOfKey(at.path, OneLine(key.text));
    if (key.text.contains(kOpening)) {
      problems.Add(PlaceIn(at, key.line, key.column, std::move(path)), "a variable stands in a key",
                   "write the key as it is: variables are for values only");
      map.keys.erase(map.keys.begin() + static_cast<std::ptrdiff_t>(i));
      map.items.erase(map.items.begin() + static_cast<std::ptrdiff_t>(i));
      continue;
    }
    const ConfigPlace place = PlaceIn(at, value.line, value.column, std::move(path));
    if (key.text == kSecretVariableKey && value.kind == Kind::kScalar) secrets_.emplace(value.text, place);
    ExpandNode(value, place, secret || NamesSecret(key.text), problems);
    ++i;
  }
}

void ConfigVariables::ExpandText(ConfigNode& scalar, const ConfigPlace& at, ConfigProblems& problems) {
  if (!scalar.text.contains('$')) return;
  std::string out;
  std::string_view rest = scalar.text;
  while (!rest.empty()) {
    if (rest.starts_with("$$")) {
      out += '$';
      rest.remove_prefix(2);
    } else if (rest.starts_with(kOpening)) {
      rest.remove_prefix(kOpening.size());
      const auto value = TakeVariable(rest, at, problems);
      if (!value) {
        scalar.reported = true;
        return;
      }
      scalar.from_variable = true;
      out += *value;
    } else {
      out += rest.front();
      rest.remove_prefix(1);
    }
  }
  scalar.text = std::move(out);
}

std::optional<std::string> ConfigVariables::TakeVariable(std::string_view& rest, const ConfigPlace& at,
                                                         ConfigProblems& problems) {
  const size_t end = rest.find('}');
  const std::string_view inside = rest.substr(0, end);
  if (end == std::string_view::npos || inside.contains(kOpening)) {
    problems.Add(at, end == std::string_view::npos ? "a '${' has no '}'" : "a variable stands within a variable",
                 std::string(kForms));
    return std::nullopt;
  }
  rest.remove_prefix(end + 1);
  const size_t separator = inside.find(kDefault);
  const std::string name(inside.substr(0, separator));
  if (!IsVariableName(name)) {
    problems.Add(at, fmt::format("'{}' is no name of a variable", OneLine(name)), std::string(kForms));
    return std::nullopt;
  }
  std::optional<std::string> fallback;
  if (separator != std::string_view::npos) fallback = inside.substr(separator + kDefault.size());
  uses_.push_back({.name = name, .place = at});
  return ValueOf(name, fallback, at, problems);
}

std::optional<std::string> ConfigVariables::ValueOf(const std::string& name, const std::optional<std::string>& fallback,
                                                    const ConfigPlace& at, ConfigProblems& problems) {
  std::optional<std::string> value = lookup_(name);
  if (fallback && (!value || value->empty())) value = fallback;
  if (!value) {
    problems.Add(at, fmt::format("the variable {} is not set", name),
                 fmt::format("set it in the environment of lakeferry, or write ${{{}:-default}}", name));
    return std::nullopt;
  }
  if (FirstInvalidUtf8(*value) != std::string_view::npos) {
    problems.Add(at, fmt::format("the variable {} is not UTF-8 text", name), "set it to UTF-8 text");
    return std::nullopt;
  }
  bytes_ += value->size();
  if (bytes_ <= kValueBytesMax) return value;
  problems.Add(at, fmt::format("variables come to more than {} bytes", kValueBytesMax),
               fmt::format("check what {} is set to", name));
  return std::nullopt;
}

}  // namespace lakeferry
