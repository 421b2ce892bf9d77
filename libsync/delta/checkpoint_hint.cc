#include "delta/checkpoint_hint.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "json/parser.h"

namespace lakeferry::delta {
namespace {

using simdjson::dom::element;

// Spark leaves out the long fields above some kilobytes; nothing sensible is longer.
constexpr size_t kHintBytesMax = size_t{1} << 20;
// Of the text that the checksum is made of, in which the names of outer fields repeat.
constexpr size_t kCanonicalBytesMax = size_t{16} << 20;
constexpr std::string_view kChecksum = "checksum";

// A name or text in quotes, with every byte outside RFC 3986's unreserved ones as an escape.
std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out + '"';
}

// The path=value pairs of a document (protocol: "JSON checksum").
class Canonical {
 public:
  // False where the document has none: a key twice, a number whose text is not known, or far too much text.
  bool Add(element value, const std::string& path, bool top = false) {
    bytes_ += path.size();
    if (bytes_ > kCanonicalBytesMax) return false;
    switch (value.type()) {
      case simdjson::dom::element_type::OBJECT: return AddObject(value.get_object().value_unsafe(), path, top);
      case simdjson::dom::element_type::ARRAY: return AddArray(value.get_array().value_unsafe(), path);
      case simdjson::dom::element_type::STRING: return Pair(path, Quoted(value.get_string().value_unsafe()));
      case simdjson::dom::element_type::INT64: return Pair(path, std::to_string(value.get_int64().value_unsafe()));
      case simdjson::dom::element_type::UINT64: return Pair(path, std::to_string(value.get_uint64().value_unsafe()));
      case simdjson::dom::element_type::BOOL: return Pair(path, value.get_bool().value_unsafe() ? "true" : "false");
      case simdjson::dom::element_type::NULL_VALUE: return Pair(path, "null");
      case simdjson::dom::element_type::DOUBLE: return false;
    }
    return false;
  }

  std::string Text() && {
    std::ranges::sort(pairs_);
    std::string out;
    for (const auto& [path, value] : pairs_) {
      if (!out.empty()) out += ',';
      out.append(path).append("=").append(value);
    }
    return out;
  }

 private:
  static std::string Below(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + "+" + name;
  }

  bool AddObject(simdjson::dom::object object, const std::string& path, bool top) {
    std::set<std::string_view> keys;
    for (const auto [key, value] : object) {
      if (!keys.insert(key).second) return false;
      if (top && key == kChecksum) continue;
      if (!Add(value, Below(path, Quoted(key)))) return false;
    }
    return true;
  }

  bool AddArray(simdjson::dom::array array, const std::string& path) {
    size_t position = 0;
    for (const element value : array) {
      if (!Add(value, Below(path, std::to_string(position++)))) return false;
    }
    return true;
  }

  bool Pair(std::string path, std::string value) {
    bytes_ += sizeof(pairs_.front()) + value.size();
    pairs_.emplace_back(std::move(path), std::move(value));
    return true;
  }

  std::vector<std::pair<std::string, std::string>> pairs_;
  size_t bytes_ = 0;
};

bool ChecksumMatches(element document) {
  std::string_view expected;
  const auto error = document[kChecksum].get(expected);
  if (error == simdjson::NO_SUCH_FIELD) return true;
  Canonical canonical;
  return error == simdjson::SUCCESS && canonical.Add(document, "", true) &&
         Md5Hex(std::move(canonical).Text()) == expected;
}

// What of a hint matters; texts as long as the parser.
struct Hint {
  Version version;
  int64_t parts = 0;      // 0: not in parts
  std::string_view file;  // of a V2 checkpoint; empty where it names none
};

std::optional<Hint> Parse(std::string_view text, json::Parser& parser) {
  element document;
  int64_t version = 0;
  if (parser.Parse(text, document) != simdjson::SUCCESS) return std::nullopt;
  if (!document.is_object() || document["version"].get(version) != simdjson::SUCCESS || version < 0)
    return std::nullopt;
  if (!ChecksumMatches(document)) return std::nullopt;
  Hint hint{.version = Version(version)};
  // Absent, or of another type, as readers take it.
  if (document["parts"].get(hint.parts) != simdjson::SUCCESS) hint.parts = 0;
  if (document["v2Checkpoint"]["path"].get(hint.file) != simdjson::SUCCESS) hint.file = {};
  return hint;
}

}  // namespace

std::optional<Version> ReadCheckpointHint(std::string_view text) {
  json::Parser parser(kHintBytesMax);
  const std::optional<Hint> hint = Parse(text, parser);
  return hint ? std::optional(hint->version) : std::nullopt;
}

bool HintNames(std::string_view text, const CheckpointFiles& checkpoint) {
  json::Parser parser(kHintBytesMax);
  const std::optional<Hint> hint = Parse(text, parser);
  if (!hint || hint->version != checkpoint.version) return false;
  const bool in_parts = checkpoint.kind == LogFileKind::kCheckpointPart;
  if (in_parts != (hint->parts > 0)) return false;
  if (in_parts) return std::cmp_equal(checkpoint.files.size(), hint->parts);
  return hint->file.empty() || hint->file == checkpoint.files.front().name;
}

}  // namespace lakeferry::delta
