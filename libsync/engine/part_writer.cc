#include "engine/part_writer.h"

#include <utility>

#include "base/digest.h"
#include "engine/object_copy.h"

namespace lakeferry::engine {

Task<Status> PartWriter::Append(std::string line) {
  line += '\n';
  co_return co_await AppendLines(line);
}

Task<Status> PartWriter::AppendLines(std::string_view lines) {
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n') + 1);
    text_ += line;
    ++lines_;
    lines.remove_prefix(line.size());
    if (text_.size() >= part_bytes_) LF_CO_TRY_OK(co_await Flush());
  }
  co_return Status{};
}

Task<Status> PartWriter::Flush() {
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
