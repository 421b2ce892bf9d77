#include "engine/apply/commit_stream.h"

#include <utility>

namespace lakeferry::engine {
namespace {
constexpr size_t kBufferBytes = size_t{1} << 20;
}  // namespace

Task<Status> CommitStream::Append(Call call, std::string line) {
  buffer_ += line;
  buffer_ += '\n';
  if (buffer_.size() < kBufferBytes) co_return Status{};
  const std::string piece = std::exchange(buffer_, {});
  co_return co_await writer_->Write(call, piece);
}

Task<Result<PutOutcome>> CommitStream::Publish(Call call) {
  const std::string piece = std::exchange(buffer_, {});
  LF_CO_TRY_OK(co_await writer_->Write(call, piece));
  co_return co_await writer_->CommitIfAbsent(call);
}

}  // namespace lakeferry::engine
