#include "engine/part_writer.h"

#include <fmt/format.h>

#include <utility>

#include "base/digest.h"
#include "delta/log_path.h"
#include "engine/object_copy.h"
#include "env/offload.h"
#include "plan/read_back.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kReadHere = size_t{256} << 10;

// What the receiver asks of the places of files.
class PlaceRules final : public plan::PartSink {
 public:
  explicit PlaceRules(ObjectPath staged_below) : staged_below_(std::move(staged_below)) {}

  Status OnFile(plan::StagedFile&& file) override {
    if (file.path.IsBelow(ObjectPath::Of(delta::kLogFolder))) return Bad("a data file inside the log", file.path);
    return IsStagedHere(file);
  }
  Status OnPresent(plan::PresentFile&& file) override {
    if (file.path.IsBelow(ObjectPath::Of(delta::kLogFolder))) return Bad("a data file inside the log", file.path);
    return {};
  }
  Status OnCommit(plan::StagedCommit&& commit) override { return IsStagedHere(commit.file); }
  Status OnLogFile(plan::StagedFile&& file) override {
    if (!file.path.IsBelow(ObjectPath::Of(delta::kLogFolder))) return Bad("a log object outside the log", file.path);
    return IsStagedHere(file);
  }

 private:
  static std::unexpected<Error> Bad(std::string_view what, const ObjectPath& path) {
    return Fail(ErrorCode::kRefused, fmt::format("{}: {}", what, path.text()));
  }
  [[nodiscard]] Status IsStagedHere(const plan::StagedFile& file) const {
    if (file.staged.IsBelow(staged_below_)) return {};
    return Bad("an object that is staged elsewhere", file.staged);
  }

  ObjectPath staged_below_;
};

}  // namespace

PartWriter::PartWriter(const StagingArea& staging, Epoch epoch, const plan::ManifestTable& table,
                       const Environment& env)
    : staging_(staging),
      env_(env),
      epoch_(epoch),
      table_(table.name),
      source_uri_(table.source_uri),
      version_(table.source_version) {}

Task<Status> PartWriter::Append(std::string line) {
  line += '\n';
  co_return co_await AppendLines(line);
}

Task<Status> PartWriter::AppendLines(std::string_view lines) {
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n') + 1);
    const Status carried = plan::CheckPartLine(line.substr(0, line.size() - 1));
    if (!carried) co_return Unacceptable(carried.error());
    text_ += line;
    ++lines_;
    lines.remove_prefix(line.size());
    if (text_.size() >= env_.limits.manifest_part_bytes) LF_CO_TRY_OK(co_await Flush());
  }
  co_return Status{};
}

std::unexpected<Error> PartWriter::Unacceptable(const Error& error) const {
  return Fail(ErrorCode::kUnsupportedTable,
              fmt::format("table '{}', version {}: the receiver could not take what it holds: {}", table_,
                          version_.value(), error.message),
              source_uri_,
              (error.remedy.empty() ? std::string("rewrite the file that is named, or remove it")
                                    : std::string(error.remedy)) +
                  "; or restore the table to a version before; nothing was published, and each pass tries again");
}

Status PartWriter::ReadBack() const {
  PlaceRules rules(staging_.layout().TableData(epoch_, table_));
  return plan::ReadPart(text_, fmt::format("table '{}'", table_), rules);
}

Task<Status> PartWriter::Flush() {
  Status taken;
  if (text_.size() < kReadHere) {
    taken = ReadBack();
  } else {
    auto read_back = [this] { return ReadBack(); };
    taken = co_await Offload(env_.cores, read_back);
  }
  if (!taken) co_return Unacceptable(taken.error());
  plan::ManifestPart part{
      .sha256 = Sha256Hex(text_), .bytes = static_cast<int64_t>(text_.size()), .lines = std::exchange(lines_, 0)};
  const ObjectPath path = staging_.layout().Part(epoch_, part.sha256);
  LF_CO_TRY(const PutOutcome outcome, co_await PutSettled(staging_.store(), path, std::exchange(text_, {})));
  if (outcome == PutOutcome::kExisted) {
    co_return Fail(ErrorCode::kCorruptData, "a manifest part of this name has other bytes", path.text(),
                   "delete it: no manifest refers to it");
  }
  parts_.push_back(std::move(part));
  co_return Status{};
}

Task<Result<std::vector<plan::ManifestPart>>> PartWriter::Finish() {
  if (!text_.empty()) LF_CO_TRY_OK(co_await Flush());
  co_return std::move(parts_);
}

}  // namespace lakeferry::engine
