#include "daemon/config/config_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/check.h"
#include "base/nearest_key.h"
#include "daemon/config/text_bytes.h"

namespace lakeferry {
namespace {

using Kind = ConfigNode::Kind;

std::string_view KindName(const ConfigNode& node) {
  switch (node.kind) {
    case Kind::kNull: return "nothing";
    case Kind::kScalar: return "a single value";
    case Kind::kList: return "a list";
    case Kind::kMap: return "a map";
  }
  return "nothing";
}

bool LooksLikeBoolean(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text == "true" || text == "false" || text == "yes" || text == "no" || text == "on" || text == "off";
}

bool LooksLikeNumber(const std::string& text) {
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  double value = 0;
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
  return error != std::errc::invalid_argument && end == text.data() + text.size() && text != "inf" && text != "nan" &&
         text != "infinity";
}

std::optional<int64_t> WholeNumber(const std::string& text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<ConfigMap> ConfigMap::Open(const ConfigNode& node, const ConfigPlace& at, const ConfigLevel& level,
                                         ConfigProblems& problems) {
  if (node.reported) return std::nullopt;
  const ConfigPlace place{.file = at.file, .line = node.line, .column = node.column, .path = at.path};
  if (node.kind != Kind::kMap) {
    problems.Add(place, fmt::format("expected a map of keys, found {}", KindName(node)),
                 fmt::format("the keys of {} are {}", level.name, fmt::join(level.Names(), ", ")));
    return std::nullopt;
  }
  ConfigMap map(node, place, level, problems);
  map.CheckKeys();
  return map;
}

void ConfigMap::CheckKeys() {
  std::set<std::string_view> seen;
  for (const ConfigNode::Key& key : node_->keys) {
    const ConfigPlace place{
        .file = place_.file, .line = key.line, .column = key.column, .path = PathOf(OneLine(key.text))};
    if (!seen.insert(key.text).second) {
      problems_->Add(place, fmt::format("the key {} stands here a second time", OneLine(key.text)), "keep one of them");
    } else if (!Knows(*level_, key.text)) {
      problems_->Add(place, fmt::format("{} is no key of {}", OneLine(key.text), level_->name),
                     UnknownKeyRemedy(*level_, key.text));
    }
  }
}

const ConfigNode* ConfigMap::Find(std::string_view key) const {
  LF_CHECK(Knows(*level_, key), "a key is read that the schema does not list");
  for (size_t i = 0; i < node_->keys.size(); ++i) {
    if (node_->keys[i].text == key) return &node_->items[i];
  }
  return nullptr;
}

ConfigPlace ConfigMap::PlaceOf(std::string_view key) const {
  const ConfigNode* value = Find(key);
  const int line = value == nullptr ? place_.line : value->line;
  const int column = value == nullptr ? place_.column : value->column;
  return {.file = place_.file, .line = line, .column = column, .path = PathOf(key)};
}

ConfigPlace ConfigMap::ElementPlace(std::string_view key, const ConfigNode& list, size_t index) const {
  const ConfigNode& item = list.items[index];
  return {.file = place_.file, .line = item.line, .column = item.column, .path = PathOfElement(PathOf(key), index)};
}

void ConfigMap::Report(std::string_view key, std::string message, std::string remedy) {
  problems_->Add(PlaceOf(key), std::move(message), std::move(remedy));
}

const ConfigNode* ConfigMap::Value(std::string_view key) {
  const ConfigNode* value = Find(key);
  if (value != nullptr && value->reported) return nullptr;
  if (value == nullptr || value->kind != Kind::kNull) return value;
  Report(key, fmt::format("{} has no value", key), "give it one, or remove the key");
  return nullptr;
}

std::optional<ConfigText> ConfigMap::ReadText(const ConfigNode& node, const ConfigPlace& place,
                                              ConfigProblems& problems) {
  if (node.reported) return std::nullopt;
  if (node.kind != Kind::kScalar) {
    problems.Add(place, fmt::format("expected a text, found {}", KindName(node)));
    return std::nullopt;
  }
  if (node.text.find_first_not_of(' ') == std::string::npos) {
    problems.Add(place, "the text is empty", "give it a value, or remove the key");
    return std::nullopt;
  }
  const bool text = node.quoted || node.from_variable;
  const bool number = !text && LooksLikeNumber(node.text);
  if (number || (!text && LooksLikeBoolean(node.text))) {
    problems.Add(place, fmt::format("expected a text, found {}", number ? "a number" : "a boolean"),
                 "if it is meant as text, put it in quotes");
    return std::nullopt;
  }
  if (HasControlByte(node.text) || node.text.front() == ' ' || node.text.back() == ' ') {
    problems.Add(place, "the text has line breaks, control characters, or spaces at an end", "remove them");
    return std::nullopt;
  }
  return ConfigText{.text = node.text, .place = place};
}

std::optional<ConfigText> ConfigMap::Text(std::string_view key) {
  const ConfigNode* value = Value(key);
  if (value == nullptr) return std::nullopt;
  return ReadText(*value, PlaceOf(key), *problems_);
}

std::optional<ConfigText> ConfigMap::RequiredText(std::string_view key, std::string_view example) {
  if (!Has(key)) {
    Report(key, fmt::format("{} is missing", key), fmt::format("add it, such as {}: {}", key, example));
    return std::nullopt;
  }
  return Text(key);
}

std::vector<ConfigText> ConfigMap::Texts(std::string_view key) {
  const ConfigNode* value = Value(key);
  std::vector<ConfigText> texts;
  if (value == nullptr) return texts;
  if (value->kind != Kind::kList) {
    if (auto text = ReadText(*value, PlaceOf(key), *problems_)) texts.push_back(std::move(*text));
    return texts;
  }
  if (value->items.empty()) Report(key, fmt::format("{} is an empty list", key), "add an element, or remove the key");
  std::set<std::string> seen;
  for (size_t i = 0; i < value->items.size(); ++i) {
    const ConfigNode& item = value->items[i];
    const ConfigPlace place = ElementPlace(key, *value, i);
    auto text = ReadText(item, place, *problems_);
    if (!text) continue;
    if (seen.insert(text->text).second) {
      texts.push_back(std::move(*text));
    } else {
      problems_->Add(place, fmt::format("'{}' stands in the list a second time", text->text), "keep one of them");
    }
  }
  return texts;
}

std::optional<int64_t> ConfigMap::Integer(std::string_view key, ConfigRange range, bool text_allowed) {
  const ConfigNode* value = Value(key);
  if (value == nullptr) return std::nullopt;
  const bool scalar = value->kind == Kind::kScalar;
  const auto number = scalar ? WholeNumber(value->text) : std::nullopt;
  if (!number || (value->quoted && !text_allowed && !value->from_variable)) {
    const std::string found = !scalar         ? std::string(KindName(*value))
                              : value->quoted ? fmt::format("the text \"{}\"", OneLine(value->text))
                                              : fmt::format("'{}'", OneLine(value->text));
    Report(key, fmt::format("{} takes a whole number, found {}", key, found),
           number ? fmt::format("write {} without quotes", *number)
                  : fmt::format("write a number from {} to {}", range.min, range.max));
    return std::nullopt;
  }
  if (*number >= range.min && *number <= range.max) return number;
  Report(key, fmt::format("{} is {}, outside {} to {}", key, *number, range.min, range.max),
         "choose a number within these bounds");
  return std::nullopt;
}

std::optional<Millis> ConfigMap::Duration(std::string_view key, Millis min, Millis max) {
  const ConfigNode* value = Value(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind != Kind::kScalar) {
    Report(key, fmt::format("{} takes a duration, found {}", key, KindName(*value)),
           "write a number with its unit: 30s");
    return std::nullopt;
  }
  const auto duration = ParseDuration(value->text);
  if (!duration) {
    Report(key, fmt::format("{} takes a duration, found '{}'", key, OneLine(value->text)), duration.error().remedy);
    return std::nullopt;
  }
  if (*duration >= min && *duration <= max) return *duration;
  Report(key,
         fmt::format("{} is {}, outside {} to {}", key, FormatDuration(*duration), FormatDuration(min),
                     FormatDuration(max)),
         "choose a duration within these bounds");
  return std::nullopt;
}

std::optional<size_t> ConfigMap::Choice(std::string_view key, std::vector<std::string_view> choices) {
  const ConfigNode* value = Value(key);
  if (value == nullptr) return std::nullopt;
  const auto found = value->kind == Kind::kScalar ? std::ranges::find(choices, value->text) : choices.end();
  if (found != choices.end()) return static_cast<size_t>(found - choices.begin());
  const bool scalar = value->kind == Kind::kScalar;
  const std::string_view nearest = scalar ? NearestKey(value->text, choices) : std::string_view{};
  Report(key,
         fmt::format("{} takes one of {}, found {}", key, fmt::join(choices, ", "),
                     scalar ? fmt::format("'{}'", OneLine(value->text)) : std::string(KindName(*value))),
         nearest.empty() ? fmt::format("choose one of {}", fmt::join(choices, ", "))
                         : fmt::format("did you mean {}?", nearest));
  return std::nullopt;
}

std::optional<ConfigMap> ConfigMap::Map(std::string_view key, const ConfigLevel& level) {
  const ConfigNode* value = Value(key);
  if (value == nullptr) return std::nullopt;
  return Open(*value, PlaceOf(key), level, *problems_);
}

std::vector<ConfigMap::Element> ConfigMap::RequiredList(std::string_view key, std::string_view what) {
  if (!Has(key)) {
    Report(key, fmt::format("{} is missing", key), fmt::format("add the list of {}", what));
    return {};
  }
  const ConfigNode* value = Value(key);
  if (value == nullptr) return {};
  if (value->kind != Kind::kList) {
    Report(key, fmt::format("{} takes a list, found {}", key, KindName(*value)),
           fmt::format("write the {} as a list, each after '- '", what));
    return {};
  }
  if (value->items.empty()) Report(key, fmt::format("{} is an empty list", key), fmt::format("add {}", what));
  std::vector<Element> elements;
  elements.reserve(value->items.size());
  for (size_t i = 0; i < value->items.size(); ++i) {
    elements.push_back({.node = &value->items[i], .place = ElementPlace(key, *value, i)});
  }
  return elements;
}

}  // namespace lakeferry
