#include "engine/copy/object_stream.h"

#include <algorithm>

namespace lakeferry::engine {

Task<Status> ObjectStream::Append(Call call, std::string_view bytes) {
  while (!bytes.empty()) {
    if (part_.capacity() == 0) part_ = Buffer(writer_->part_bytes());
    const size_t have = part_.size();
    const size_t more = std::min(bytes.size(), part_.capacity() - have);
    std::ranges::copy(bytes.substr(0, more), part_.room().subspan(have).begin());
    part_.Resize(have + more);
    bytes.remove_prefix(more);
    if (part_.size() == part_.capacity()) LF_CO_TRY_OK(co_await Flush(call));
  }
  co_return Status{};
}

Task<Result<PutOutcome>> ObjectStream::Publish(Call call) {
  if (part_.size() > 0) LF_CO_TRY_OK(co_await Flush(call));
  co_return co_await writer_->CommitIfAbsent(call, size_, {.crc64 = crc64_});
}

Task<void> ObjectStream::GiveUp(Call call) { [[maybe_unused]] const Status gone = co_await writer_->Abort(call); }

Task<Status> ObjectStream::Flush(Call call) {
  part_.set_crc64(Crc64Of({part_.bytes().data(), part_.size()}));
  crc64_ = Crc64OfBoth(crc64_, *part_.crc64(), part_.size());
  size_ += static_cast<int64_t>(part_.size());
  LF_CO_TRY(part_, co_await writer_->Write(call, number_++, std::move(part_)));
  part_.Resize(0);
  co_return Status{};
}

}  // namespace lakeferry::engine
