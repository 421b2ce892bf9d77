#include "engine/stage/file_bundles.h"

#include <utility>

namespace lakeferry::engine {
namespace {

bool IsSmall(const plan::FileToSend& file) {
  return !file.origin && file.size && *file.size >= 0 && *file.size <= FileBundles::kSmallBytes;
}

}  // namespace

Task<Result<std::vector<plan::FileToSend>>> FileBundles::Next() {
  std::vector<plan::FileToSend> bundle;
  int64_t bytes = 0;
  while (bundle.size() < files_max_) {
    if (!ahead_) {
      LF_CO_TRY(std::vector<plan::FileToSend> next, co_await reader_.Next(1));
      if (next.empty()) break;
      ahead_ = std::move(next.front());
    }
    const bool small = IsSmall(*ahead_);
    bytes += small ? *ahead_->size : 0;
    if (!bundle.empty() && (!small || bytes > bytes_max_)) break;
    bundle.push_back(*std::exchange(ahead_, std::nullopt));
    if (!small) break;
  }
  co_return bundle;
}

}  // namespace lakeferry::engine
