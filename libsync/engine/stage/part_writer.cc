#include "engine/stage/part_writer.h"

#include <fmt/format.h>

#include <utility>

#include "async/offload.h"
#include "base/digest.h"
#include "engine/copy/object_copy.h"
#include "plan/document/read_back.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kReadHere = size_t{256} << 10;

plan::Manifest HeaderOf(const StagingArea& staging, Epoch epoch, delta::ReplicationMode mode) {
  plan::Manifest header;
  header.group = staging.group();
  header.epoch = epoch;
  header.mode = mode;
  return header;
}

}  // namespace

PartWriter::PartWriter(const StagingArea& staging, Epoch epoch, delta::ReplicationMode mode,
                       const plan::ManifestTable& table, const Environment& env)
    : staging_(staging),
      env_(env),
      table_(table),
      header_(HeaderOf(staging, epoch, mode)),
      rules_(header_, table_, env.random.Next()) {}

Task<Status> PartWriter::Append(Call call, std::string line) {
  line += '\n';
  co_return co_await AppendLines(call, line);
}

Task<Status> PartWriter::AppendLines(Call call, std::string_view lines) {
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n') + 1);
    const Status carried = plan::CheckPartLine(line.substr(0, line.size() - 1));
    if (!carried) co_return Unacceptable(carried.error());
    if (text_.size() + line.size() > plan::kPartBytesMax) LF_CO_TRY_OK(co_await Flush(call));
    text_ += line;
    ++lines_;
    lines.remove_prefix(line.size());
    if (text_.size() >= env_.limits.manifest_part_bytes) LF_CO_TRY_OK(co_await Flush(call));
  }
  co_return Status{};
}

std::unexpected<Error> PartWriter::Unacceptable(const Error& error) const {
  return Fail(
      ErrorCode::kUnsupportedTable,
      fmt::format("table '{}', version {}: the receiver could not take what it holds: {}", table_.name,
                  table_.source_version.value(), error.message),
      table_.source_uri,
      (error.remedy.empty() ? std::string("rewrite the file that is named, or remove it") : std::string(error.remedy)) +
          "; or restore the table to a version before; nothing was published, and each pass tries again");
}

Status PartWriter::ReadBack() {
  const std::string where = fmt::format("part {}", parts_.size() + 1);
  rules_.NextPart(where);
  return plan::ReadPart(text_, where, rules_);
}

Task<Status> PartWriter::FindMissing(Call call) {
  rules_.LookForMissing();
  for (const plan::ManifestPart& part : parts_) {
    rules_.NextPart(part.sha256);
    LF_CO_TRY_OK(co_await staging_.ReadPart(call, header_.epoch, part, rules_));
  }
  co_return Fail(ErrorCode::kCorruptData, "an add names an object that is neither brought nor at the replica");
}

Task<Status> PartWriter::Flush(Call call) {
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
  const ObjectPath path = staging_.layout().Part(header_.epoch, part.sha256);
  LF_CO_TRY(const PutOutcome outcome, co_await PutSettled(call, staging_.store(), path, std::exchange(text_, {})));
  if (outcome == PutOutcome::kExisted) {
    co_return Fail(ErrorCode::kCorruptData, "a manifest part of this name has other bytes", path.text(),
                   "delete it: no manifest refers to it");
  }
  parts_.push_back(std::move(part));
  co_return Status{};
}

Task<Result<std::vector<plan::ManifestPart>>> PartWriter::Finish(Call call) {
  if (!text_.empty()) LF_CO_TRY_OK(co_await Flush(call));
  Status whole = rules_.Finish();
  if (whole && rules_.LacksObjects()) whole = co_await FindMissing(call);
  if (whole) co_return std::move(parts_);
  if (whole.error().code != ErrorCode::kCorruptData) co_return std::unexpected(std::move(whole).error());
  co_return Unacceptable(whole.error());
}

}  // namespace lakeferry::engine
