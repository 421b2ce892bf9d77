#include "delta/line_mender.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "delta/commit_json.h"
#include "delta/line_parts.h"
#include "json/scanner.h"
#include "json/utf8_check.h"

namespace lakeferry::delta {
namespace {

// A longer name is none that is known.
constexpr size_t kNameMax = 64;
// The texts of commitInfo that are read by no name of ours, together.
constexpr size_t kOtherTextsMax = size_t{4} << 20;
// Shorter numbers are none that the parser refuses.
constexpr size_t kPlainNumberBytes = 18;

// Whether the parser refuses the number: legal JSON, but beyond 64 bits.
bool IsHuge(std::string_view number) {
  const bool whole = number.find_first_of(".eE") == std::string_view::npos;
  if (whole && number.size() <= kPlainNumberBytes) return false;
  const char* const end = number.data() + number.size();
  uint64_t natural = 0;
  int64_t integer = 0;
  double real = 0;
  if (!whole) return std::from_chars(number.data(), end, real).ec != std::errc();
  return std::from_chars(number.data(), end, natural).ec != std::errc() &&
         std::from_chars(number.data(), end, integer).ec != std::errc();
}

}  // namespace

class LineMender::Writer final : public json::Scanner::Listener {
 public:
  void Read(std::string_view piece) {
    utf8_.Read(piece);
    scanner_.Read(piece);
  }
  std::expected<std::string, LineProblem> Finish();

  void OnOpen(bool object) override;
  void OnClose(bool object) override;
  void OnBetween(std::string_view text) override {
    if (in_leaf_) Put(text);
  }
  void OnKeyPart(std::string_view raw) override;
  void OnKeyEnd() override;
  void OnScalar(char first) override;
  void OnScalarPart(std::string_view raw) override { Put(raw); }
  void OnScalarEnd() override;

 private:
  // An open bracket around what is being decided on.
  struct Frame {
    LinePart part;
    bool object;
    bool any = false;  // a member was written
    std::span<const LineMember> members;
  };
  // How the value goes out that is being read.
  enum class Form : uint8_t { kAsIs, kQuoted, kLeftOut };

  [[nodiscard]] LineMember Next() const;
  [[nodiscard]] Form FormOf(LinePart part, char first) const;
  [[nodiscard]] size_t LimitOf(LinePart part) const;
  void BeginLeaf(const LineMember& member, char first);
  void EndLeaf();
  void BeginMember();
  void NoteField(const LineMember& member);
  void NoteLargest();
  void Put(std::string_view raw);
  void Append(std::string_view text);
  void Drop();
  void BeginKeyOfText();

  json::Scanner scanner_{*this};
  json::Utf8Check utf8_;
  std::string out_;
  bool too_long_ = false;

  std::vector<Frame> frames_;
  std::string key_;  // of the next member, as it stands
  bool key_began_ = false;

  bool in_leaf_ = false;
  Form form_ = Form::kAsIs;
  char first_ = 0;      // of the value
  size_t inside_ = 0;   // open brackets within the leaf
  size_t leaf_at_ = 0;  // where it began in out_, with what leads to it
  bool any_before_ = false;
  size_t limit_ = 0;  // what a leaf may hold, 0 for no limit
  LinePart leaf_part_ = LinePart::kKept;
  size_t number_at_ = 0;
  size_t other_texts_ = 0;

  // What is being read, and the field that held the most so far.
  std::string action_, field_, largest_;
  size_t field_bytes_ = 0;
  size_t largest_bytes_ = 0;
  size_t bytes_ = 0;  // of all
};

LineMember LineMender::Writer::Next() const {
  if (frames_.empty()) return {{}, LinePart::kLine, {}};
  const Frame& frame = frames_.back();
  if (frame.part == LinePart::kTexts) return {{}, LinePart::kText, {}};
  if (key_.size() > kNameMax) return {{}, LinePart::kLeftOut, {}};
  // A name in other letters may still be one that is known: the reader knows.
  if (key_.contains('\\')) return {{}, LinePart::kKept, {}};
  const auto member = std::ranges::find(frame.members, key_, &LineMember::name);
  if (member != frame.members.end()) return *member;
  return {{}, frame.part == LinePart::kInfo ? LinePart::kInfoOther : LinePart::kLeftOut, {}};
}

// From here on another field is read.
void LineMender::Writer::NoteField(const LineMember& member) {
  if (frames_.size() > 2) return;
  NoteLargest();
  if (frames_.size() == 1) action_ = member.name;
  field_ = frames_.size() == 2 ? member.name : std::string_view();
}

void LineMender::Writer::NoteLargest() {
  if (field_bytes_ > largest_bytes_) {
    largest_bytes_ = field_bytes_;
    largest_ = field_.empty() ? fmt::format("'{}'", action_) : fmt::format("field '{}' of '{}'", field_, action_);
  }
  field_bytes_ = 0;
}

void LineMender::Writer::OnOpen(bool object) {
  if (in_leaf_) {
    ++inside_;
    return Put(object ? "{" : "[");
  }
  LineMember member = Next();
  NoteField(member);
  const bool list = member.part == LinePart::kTexts;
  const bool whole = member.part == LinePart::kLine || member.part == LinePart::kAction ||
                     member.part == LinePart::kInfo || member.part == LinePart::kInfoJob;
  if (!list && !(whole && object)) {
    BeginLeaf(member, object ? '{' : '[');
    inside_ = 1;
    return Put(object ? "{" : "[");
  }
  BeginMember();
  Append(object ? "{" : "[");
  if (member.part == LinePart::kLine) member.members = kLineActions;
  if (member.part == LinePart::kInfo) member.members = kInfoMembers;
  if (member.part == LinePart::kInfoJob) member.members = kJobMembers;
  frames_.push_back({.part = member.part, .object = object, .any = false, .members = member.members});
}

void LineMender::Writer::OnClose(bool object) {
  if (in_leaf_) {
    Put(object ? "}" : "]");
    if (--inside_ == 0) EndLeaf();
    return;
  }
  frames_.pop_back();
  Append(object ? "}" : "]");
}

void LineMender::Writer::BeginKeyOfText() {
  if (std::exchange(key_began_, true)) return;
  if (std::exchange(frames_.back().any, true)) Append(",");
  Append("\"");
}

void LineMender::Writer::OnKeyPart(std::string_view raw) {
  if (in_leaf_) {
    if (!std::exchange(key_began_, true)) Put("\"");
    return Put(raw);
  }
  if (frames_.back().part == LinePart::kTexts) {
    BeginKeyOfText();
    return Append(raw);
  }
  if (!std::exchange(key_began_, true)) key_.clear();
  key_.append(raw.substr(0, kNameMax + 1 - std::min(key_.size(), kNameMax + 1)));
}

void LineMender::Writer::OnKeyEnd() {
  if (in_leaf_) {
    if (!key_began_) Put("\"");
    Put("\"");
  } else if (frames_.back().part == LinePart::kTexts) {
    BeginKeyOfText();
    Append("\":");
  } else if (!key_began_) {
    key_.clear();
  }
  key_began_ = false;
}

void LineMender::Writer::OnScalar(char first) {
  if (!in_leaf_) {
    const LineMember member = Next();
    NoteField(member);
    BeginLeaf(member, first);
  }
  first_ = first;
  number_at_ = out_.size();
  if (first == '"') Put("\"");
}

void LineMender::Writer::OnScalarEnd() {
  if (first_ == '"') Put("\"");
  const bool number = first_ == '-' || (first_ >= '0' && first_ <= '9');
  if (number && form_ == Form::kAsIs && !too_long_ && IsHuge(std::string_view(out_).substr(number_at_))) {
    out_.resize(number_at_);
    Append("false");  // which is none, where a number belongs
  }
  if (inside_ == 0) EndLeaf();
}

LineMender::Writer::Form LineMender::Writer::FormOf(LinePart part, char first) const {
  const bool bracket = first == '{' || first == '[';
  switch (part) {
    case LinePart::kLeftOut: return Form::kLeftOut;
    case LinePart::kPath:
      if (bracket) return Form::kAsIs;
      [[fallthrough]];
    case LinePart::kText: return first == '"' || first == 'n' ? Form::kAsIs : Form::kQuoted;
    case LinePart::kInfo:
    case LinePart::kInfoJob:
    case LinePart::kInfoText: return bracket ? Form::kLeftOut : Form::kAsIs;
    case LinePart::kInfoOther: return first == '"' && other_texts_ < kOtherTextsMax ? Form::kAsIs : Form::kLeftOut;
    default: return Form::kAsIs;
  }
}

size_t LineMender::Writer::LimitOf(LinePart part) const {
  if (part == LinePart::kInfoOther) return kInfoOtherMax;
  return part == LinePart::kInfoText ? kInfoTextMax : 0;
}

void LineMender::Writer::BeginLeaf(const LineMember& member, char first) {
  in_leaf_ = true;
  inside_ = 0;
  form_ = FormOf(member.part, first);
  limit_ = 0;
  leaf_part_ = member.part;
  leaf_at_ = out_.size();
  any_before_ = !frames_.empty() && frames_.back().any;
  if (form_ == Form::kLeftOut) return;
  BeginMember();
  if (form_ == Form::kQuoted) Append("\"");
  if (const size_t limit = LimitOf(member.part); limit > 0) limit_ = out_.size() + limit + 2;  // and two quotes
}

void LineMender::Writer::EndLeaf() {
  if (form_ == Form::kQuoted) Append("\"");
  if (form_ != Form::kLeftOut && leaf_part_ == LinePart::kInfoOther) other_texts_ += out_.size() - leaf_at_;
  in_leaf_ = false;
  form_ = Form::kAsIs;
  limit_ = 0;
}

// What leads to a value: a comma and its name.
void LineMender::Writer::BeginMember() {
  if (frames_.empty()) return;
  Frame& frame = frames_.back();
  if (frame.part == LinePart::kTexts && frame.object) return;
  if (std::exchange(frame.any, true)) Append(",");
  if (!frame.object) return;
  Append("\"");
  Append(key_);
  Append("\":");
}

void LineMender::Writer::Put(std::string_view raw) {
  if (form_ == Form::kLeftOut) return;
  if (limit_ > 0 && !too_long_ && raw.size() > limit_ - out_.size()) return Drop();
  if (form_ == Form::kAsIs) {
    Append(raw);
  } else {
    for (const char c : raw) {
      if (c == '"' || c == '\\') Append("\\");
      // Space between values: within a text it would be refused.
      if (c == '\t' || c == '\r') {
        Append(c == '\t' ? "\\t" : "\\r");
      } else {
        Append({&c, 1});
      }
    }
  }
}

void LineMender::Writer::Drop() {
  if (!too_long_) out_.resize(leaf_at_);
  frames_.back().any = any_before_;
  form_ = Form::kLeftOut;
}

void LineMender::Writer::Append(std::string_view text) {
  field_bytes_ += text.size();
  bytes_ += text.size();
  too_long_ = too_long_ || text.size() > kLineBytesMax - out_.size();
  if (!too_long_) {
    out_ += text;
  } else if (!out_.empty()) {
    out_ = std::string();
  }
}

std::expected<std::string, LineProblem> LineMender::Writer::Finish() {
  if (const std::string problem = scanner_.Finish(); !problem.empty()) {
    return std::unexpected(LineProblem{.what = "is no whole JSON object: " + problem});
  }
  if (!utf8_.Finish()) return std::unexpected(LineProblem{.what = "is no whole JSON object: it is no UTF-8"});
  if (!too_long_) return std::move(out_);
  NoteLargest();
  if (largest_bytes_ < kLineBytesMax / 2) {  // there are many, and all of them are the reason
    largest_ = fmt::format("'{}'", action_);
    largest_bytes_ = bytes_;
  }
  return std::unexpected(LineProblem{
      .code = ErrorCode::kUnsupportedTable,
      .what = fmt::format("holds more than can be carried: {} takes {} bytes, and what is read of a line may take {} "
                          "MiB",
                          largest_, largest_bytes_, kLineBytesMax >> 20),
      .remedy = "write this file or property anew with less in it, and have a checkpoint follow"});
}

LineMender::LineMender() : writer_(std::make_unique<Writer>()) {}
LineMender::~LineMender() = default;
void LineMender::Read(std::string_view piece) { writer_->Read(piece); }
std::expected<std::string, LineProblem> LineMender::Finish() && { return writer_->Finish(); }

namespace {

// The number of the escape that begins at `at`, such as \ud83d; absent for another text.
std::optional<unsigned> UnicodeEscape(std::string_view line, size_t at) {
  if (at + 6 > line.size() || line.substr(at, 2) != "\\u") return std::nullopt;
  unsigned number = 0;
  for (const char c : line.substr(at + 2, 4)) {
    const bool digit = c >= '0' && c <= '9';
    const unsigned value = digit ? static_cast<unsigned>(c - '0') : (static_cast<unsigned>(c) | 0x20U) - 'a' + 10;
    if (!digit && (value < 10 || value > 15)) return std::nullopt;
    number = number << 4U | value;
  }
  return number;
}

bool IsHigh(std::optional<unsigned> number) { return number && *number >= 0xd800U && *number < 0xdc00U; }
bool IsLow(std::optional<unsigned> number) { return number && *number >= 0xdc00U && *number < 0xe000U; }

}  // namespace

bool ReplaceLoneSurrogates(std::string& line) {
  std::string out;
  size_t kept = 0;
  for (size_t at = line.find('\\'); at != std::string::npos && at + 1 < line.size(); at = line.find('\\', at)) {
    const auto number = UnicodeEscape(line, at);
    if (IsHigh(number) && IsLow(UnicodeEscape(line, at + 6))) {
      at += 12;
    } else if (IsHigh(number) || IsLow(number)) {
      out.append(line, kept, at - kept).append("?");
      kept = at += 6;
    } else {
      at += 2;
    }
  }
  if (kept == 0) return false;
  out.append(line, kept);
  line = std::move(out);
  return true;
}

}  // namespace lakeferry::delta
