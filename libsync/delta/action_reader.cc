#include "delta/action_reader.h"

#include <fmt/format.h>

#include <cstring>

#include "delta/json_reader.h"
#include "delta/line_mender.h"
#include "json/parser.h"

namespace lakeferry::delta {
namespace {

// A longer line is mended before it is parsed: the densest JSON takes up to 14 times its size, and most of what makes a
// line long is read by nobody.
constexpr size_t kPlainLineBytesMax = size_t{4} << 20;

// Spark's parser begins anew with each line, and takes this mark before any of them.
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsBlank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

}  // namespace

class ActionReader::LineReader {
 public:
  LineReader(std::string_view where, ActionSink& sink, size_t lines_before)
      : where_(where), sink_(sink), number_(lines_before) {}

  Status Read(std::string_view lines) {
    text_ = lines;
    for (size_t begin = 0; begin < text_.size();) {
      const auto* end = static_cast<const char*>(std::memchr(text_.data() + begin, '\n', text_.size() - begin));
      const size_t length = end == nullptr ? text_.size() - begin : static_cast<size_t>(end - text_.data()) - begin;
      ++number_;
      const std::string_view line = text_.substr(begin, length);
      begin += length + 1;
      if (IsBlank(line)) continue;
      any_ = true;
      LF_TRY_OK(ReadLine(line));
    }
    return {};
  }

  [[nodiscard]] size_t number() const { return number_; }

  [[nodiscard]] Status Finish() const {
    if (any_) return {};
    return lakeferry::Fail(ErrorCode::kCorruptLog, "damaged Delta log: the object is empty", where_,
                           LineProblem().remedy);
  }

  Status Refuse(LineProblem problem) {
    ++number_;
    any_ = true;
    return Fail(std::move(problem));
  }

 private:
  Status ReadLine(std::string_view line) {
    if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    if (line.size() <= kPlainLineBytesMax) {
      odd_ = false;
      Status read = ReadDocument(line);
      if (read || !odd_) return read;
    }
    LineMender mender;
    mender.Read(line);
    auto mended = std::move(mender).Finish();
    if (!mended) return Fail(mended.error());
    Status read = ReadDocument(*mended);
    if (read || !odd_ || !ReplaceLoneSurrogates(*mended)) return read;
    return ReadDocument(*mended);
  }

  Status ReadDocument(std::string_view line) {
    JsonValue document;
    if (const auto error = Parse(line, document)) {
      return Odd(fmt::format("is no whole JSON object: {}", simdjson::error_message(error)));
    }
    simdjson::dom::object object;
    if (document.get(object) != simdjson::SUCCESS) return Corrupt("is no JSON object");
    return ReadAction(object);
  }

  // The parser reads, without using, a few bytes past the end: those of the next lines, or of a copy of the last ones.
  simdjson::error_code Parse(std::string_view line, JsonValue& document) {
    const bool inside = line.data() >= text_.data() && line.data() <= text_.data() + text_.size();
    const size_t rest = inside ? static_cast<size_t>(text_.data() + text_.size() - line.data()) - line.size() : 0;
    return parser_.Parse(line, document, rest);
  }

  Status ReadAction(simdjson::dom::object object) {
    bool known = false;
    for (const auto [key, value] : object) {
      const Reader reader = value.is_null() ? nullptr : ReaderOf(key);
      if (reader == nullptr) continue;
      if (known) return Corrupt("holds two actions in one object");
      known = true;
      if (IsOfFile(key) && !sink_.wants_files()) continue;
      LF_TRY_OK((this->*reader)(value));
    }
    return {};
  }

  using Reader = Status (LineReader::*)(JsonValue);

  static bool IsOfFile(std::string_view key) { return key == "add" || key == "remove" || key == "cdc"; }

  static Reader ReaderOf(std::string_view key) {
    if (key == "add") return &LineReader::GiveAdd;
    if (key == "remove") return &LineReader::Give<RemoveFile, &ActionSink::OnRemove>;
    if (key == "cdc") return &LineReader::Give<AddCdcFile, &ActionSink::OnCdc>;
    if (key == "commitInfo") return &LineReader::GiveCommitInfo;
    if (key == "metaData") return &LineReader::Give<Metadata, &ActionSink::OnMetadata>;
    if (key == "protocol") return &LineReader::Give<Protocol, &ActionSink::OnProtocol>;
    if (key == "txn") return &LineReader::Give<Txn, &ActionSink::OnTxn>;
    if (key == "domainMetadata") return &LineReader::Give<DomainMetadata, &ActionSink::OnDomainMetadata>;
    if (key == "sidecar") return &LineReader::Give<Sidecar, &ActionSink::OnSidecar>;
    if (key == "checkpointMetadata") return &LineReader::GiveCheckpointMetadata;
    return nullptr;
  }

  Status GiveAdd(JsonValue value) { return Give<AddFile, &ActionSink::OnAdd>(value, sink_.AddMemory(add_)); }

  template <typename Action, Status (ActionSink::*kTake)(Action&&)>
  Status Give(JsonValue value) {
    Action action;
    return Give<Action, kTake>(value, action);
  }

  template <typename Action, Status (ActionSink::*kTake)(Action&&)>
  Status Give(JsonValue value, Action& action) {
    JsonProblem problem;
    if (!ReadObject(value, action, problem)) return Odd(std::move(problem.text));
    if (problem.says_nothing) return {};
    return (sink_.*kTake)(std::move(action));
  }

  Status GiveCommitInfo(JsonValue value) {
    CommitInfo info;
    ReadCommitInfo(value, info);
    return sink_.OnCommitInfo(std::move(info));
  }

  Status GiveCheckpointMetadata(JsonValue value) {
    CheckpointMetadata metadata;
    JsonProblem problem;
    if (!ReadObject(value, metadata, problem)) return Odd(std::move(problem.text));
    return sink_.OnCheckpointMetadata(metadata.version);
  }

  // What a mended line may not be.
  std::unexpected<Error> Odd(std::string what) {
    odd_ = true;
    return Corrupt(std::move(what));
  }
  [[nodiscard]] std::unexpected<Error> Corrupt(std::string what) const {
    LineProblem problem;
    problem.what = std::move(what);
    return Fail(std::move(problem));
  }
  [[nodiscard]] std::unexpected<Error> Fail(LineProblem problem) const {
    const bool damage = problem.code == ErrorCode::kCorruptLog;
    return lakeferry::Fail(problem.code,
                           fmt::format("{}line {}{} {}", damage ? "damaged Delta log: " : "", number_,
                                       problem.what.starts_with("field") ? ":" : "", problem.what),
                           where_, std::move(problem.remedy));
  }

  std::string_view text_;
  std::string where_;
  ActionSink& sink_;
  bool any_ = false;
  bool odd_ = false;  // the line failed for what LineMender may mend
  size_t number_;     // of the line before the next
  json::Parser parser_{kLineBytesMax};
  AddFile add_;  // most actions are adds, and most sinks leave its memory to the next one
};

Status ActionSink::OnAdds(std::span<HashedAdd> adds) {
  for (HashedAdd& each : adds) LF_TRY_OK(OnAdd(std::move(each.add)));
  return {};
}

ActionReader::ActionReader(std::string_view where, ActionSink& sink, size_t lines_before)
    : lines_(std::make_unique<LineReader>(where, sink, lines_before)) {}
ActionReader::~ActionReader() = default;

Status ActionReader::Read(std::string_view lines) { return lines_->Read(lines); }
Status ActionReader::Refuse(LineProblem problem) { return lines_->Refuse(std::move(problem)); }
Status ActionReader::Finish() { return lines_->Finish(); }
size_t ActionReader::lines() const { return lines_->number(); }

Status ReadActions(std::string_view text, std::string_view where, ActionSink& sink) {
  ActionReader reader(where, sink);
  LF_TRY_OK(reader.Read(text));
  return reader.Finish();
}

}  // namespace lakeferry::delta
