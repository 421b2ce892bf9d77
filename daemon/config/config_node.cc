#include "daemon/config/config_node.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "daemon/config/text_bytes.h"

namespace lakeferry {
namespace {

constexpr size_t kTextBytesMax = size_t{16} << 20;
constexpr int kNodesMax = 1'000'000;  // aliases are expanded: a few lines can name billions of nodes
constexpr int kNestingMax = 100;      // and one within what it stands for has no end

struct Conversion {
  const std::string& file;
  ConfigProblems& problems;
  int nodes = 0;
  int depth = 0;
  bool overflow = false;
};

ConfigPlace PlaceOf(const std::string& file, const YAML::Mark& mark) {
  if (mark.is_null()) return {.file = file, .path = {}};
  return {.file = file, .line = mark.line + 1, .column = mark.column + 1, .path = {}};
}

bool IsNullText(const std::string& text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

ConfigNode Convert(const YAML::Node& from, Conversion& state);

void ConvertEntries(const YAML::Node& from, ConfigNode& to, Conversion& state) {
  for (const auto& entry : from) {
    if (state.overflow) return;
    const ConfigPlace place = PlaceOf(state.file, entry.first.Mark());
    if (!entry.first.IsScalar()) {
      state.problems.Add(place, "a key is not a plain word", "write 'key: value'");
      continue;
    }
    to.keys.push_back({.text = entry.first.Scalar(), .line = place.line, .column = place.column});
    to.items.push_back(Convert(entry.second, state));
    ConfigNode& value = to.items.back();
    if (value.kind != ConfigNode::Kind::kNull) continue;
    value.line = place.line;  // the parser gives an absent value the place of whatever follows it
    value.column = place.column;
  }
}

ConfigNode Convert(const YAML::Node& from, Conversion& state) {
  const ConfigPlace place = PlaceOf(state.file, from.Mark());
  ConfigNode to{.line = place.line, .column = place.column};
  if (++state.nodes > kNodesMax || state.depth >= kNestingMax) {
    state.overflow = true;
    return to;
  }
  ++state.depth;
  const std::string& tag = from.Tag();
  if (!tag.empty() && tag != "?" && tag != "!") {
    state.problems.Add(place, fmt::format("the tag {} has no meaning here", tag), "remove the tag");
  }
  if (from.IsScalar()) {
    to.text = from.Scalar();
    to.quoted = tag == "!";
    to.kind = !to.quoted && IsNullText(to.text) ? ConfigNode::Kind::kNull : ConfigNode::Kind::kScalar;
  } else if (from.IsSequence()) {
    to.kind = ConfigNode::Kind::kList;
    for (const auto& item : from) {
      if (!state.overflow) to.items.push_back(Convert(item, state));
    }
  } else if (from.IsMap()) {
    to.kind = ConfigNode::Kind::kMap;
    ConvertEntries(from, to, state);
  }
  --state.depth;
  return to;
}

std::optional<uint32_t> EscapedUnit(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  uint32_t unit = 0;
  for (const char digit : text.substr(2, 4)) {
    const auto value = HexValue(digit);
    if (!value) return std::nullopt;
    unit = unit * 16 + static_cast<uint32_t>(*value);
  }
  return unit;
}

// JSON writes a character outside the basic plane as two \u escapes, YAML as one \U escape: the only form of JSON that
// the YAML parser does not take. Only double-quoted strings give a backslash a meaning.
std::string JoinSurrogates(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto high = EscapedUnit(text.substr(i));
    const auto low = high ? EscapedUnit(text.substr(i + 6)) : std::nullopt;
    if (high && low && (*high & 0xfc00U) == 0xd800U && (*low & 0xfc00U) == 0xdc00U) {
      out += fmt::format("\\U{:08x}", 0x10000U + ((*high & 0x3ffU) << 10U) + (*low & 0x3ffU));
      i += 11;
    } else if (text[i] == '\\' && i + 1 < text.size()) {
      out.append(text.substr(i++, 2));
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

bool LooksLikeJson(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

std::optional<ConfigPlace> FirstBadByte(std::string_view text, const std::string& file) {
  const size_t bad = FirstInvalidUtf8(text);
  if (bad == std::string_view::npos) return std::nullopt;
  const std::string_view before = text.substr(0, bad);
  const size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto lines = std::count(before.begin(), before.end(), '\n');
  return ConfigPlace{
      .file = file, .line = static_cast<int>(lines) + 1, .column = static_cast<int>(bad - line_start) + 1, .path = {}};
}

// Keeps nothing of a document but where it begins.
class DocumentStarts final : public YAML::EventHandler {
 public:
  [[nodiscard]] const std::vector<YAML::Mark>& marks() const { return marks_; }

  void OnDocumentStart(const YAML::Mark& mark) override { marks_.push_back(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {}
  void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                       YAML::EmitterStyle::value /*style*/) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {}
  void OnMapEnd() override {}

 private:
  std::vector<YAML::Mark> marks_;
};

// Of the first two documents. Never all of them: the parser finds empty ones without end at a lone comma.
std::vector<YAML::Mark> FirstDocuments(const std::string& source) {
  std::istringstream text(source);
  YAML::Parser parser(text);
  DocumentStarts starts;
  for (int documents = 0; documents < 2 && parser.HandleNextDocument(starts); ++documents) continue;
  return starts.marks();
}

ConfigNode ParseDocument(std::string_view text, const std::string& file, ConfigProblems& problems) {
  const std::string source = LooksLikeJson(text) ? JoinSurrogates(text) : std::string(text);
  const std::vector<YAML::Mark> documents = FirstDocuments(source);
  if (documents.size() > 1) {
    problems.Add(PlaceOf(file, documents[1]), "the file holds more than one document",
                 "keep one document; text after the end of a JSON document is not allowed either");
    return {};
  }
  if (documents.empty()) return {};
  Conversion state{.file = file, .problems = problems};
  ConfigNode root = Convert(YAML::Load(source), state);
  if (!state.overflow) return root;
  problems.Add({.file = file, .path = {}},
               fmt::format("the file describes more than {} values, or more than {} one within the other", kNodesMax,
                           kNestingMax),
               "remove the YAML aliases, or say it with less nesting");
  return {};
}

// Where the parser gave up. '@' begins no value in YAML, and every schedule that is one word begins with it.
std::string RemedyAt(std::string_view text, const YAML::Mark& mark) {
  const bool in_text = !mark.is_null() && static_cast<size_t>(mark.pos) < text.size();
  if (in_text && text[static_cast<size_t>(mark.pos)] == '@') return "put what begins with '@' in quotes: \"@daily\"";
  return "check indentation, brackets and quotes here and on the lines before";
}

}  // namespace

ConfigNode ParseConfigText(std::string_view text, const std::string& file, ConfigProblems& problems) {
  if (text.size() > kTextBytesMax) {
    problems.Add({.file = file, .path = {}},
                 fmt::format("the file has {} bytes, more than the {} allowed", text.size(), kTextBytesMax),
                 "this is hardly a configuration file: check its name");
    return {};
  }
  if (const auto place = FirstBadByte(text, file)) {
    problems.Add(*place, "the file is not UTF-8 text from here on", "save it as UTF-8");
    return {};
  }
  try {
    return ParseDocument(text, file, problems);
  } catch (const YAML::Exception& e) {
    problems.Add(PlaceOf(file, e.mark), fmt::format("the file is neither YAML nor JSON: {}", e.msg),
                 RemedyAt(text, e.mark));
    return {};
  }
}

}  // namespace lakeferry
