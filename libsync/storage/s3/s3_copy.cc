#include "storage/s3/s3_copy.h"

#include <algorithm>
#include <utility>

#include "async/task_group.h"
#include "storage/cloud/part_tally.h"
#include "storage/cloud/size_text.h"
#include "storage/s3/s3_fault.h"

namespace lakeferry::s3 {
namespace {

constexpr size_t kRangeBytesMin = size_t{256} << 20;
constexpr int64_t kRangesMax = 10'000;
constexpr size_t kRangesAtOnce = 4;

// Above 5 GiB; who is not AWS has other words for it.
bool SaysTooLarge(const S3Reply& reply) {
  return reply.http.status == 400 && (reply.fault.code == "InvalidRequest" || reply.fault.code == "EntityTooLarge");
}

}  // namespace

Task<Result<CopyOutcome>> S3Copy::Run(Call call, ObjectAddress from) {
  // A service that overlooks the condition would replace.
  if (probed_.refuses_second_copy) {
    LF_CO_TRY(const std::optional<CopyOutcome> outcome, co_await AtOnce(call, from));
    if (outcome) co_return *outcome;
  } else if (probed_.refuses_second_completion) {
    LF_CO_TRY(const std::optional<CopyOutcome> outcome, co_await AsOnePart(call, from));
    if (outcome) co_return *outcome;
  }
  if (!probed_.refuses_second_completion) co_return CopyOutcome::kNotPossible;
  co_return co_await ByRanges(call, std::move(from));
}

Task<Result<std::optional<CopyOutcome>>> S3Copy::AtOnce(Call call, ObjectAddress from) {
  ReplyBody body;
  auto reply = co_await client_->Send(call,
                                      {.method = Method::kPut,
                                       .key = key_,
                                       .headers = {{"x-amz-copy-source", PercentEncode(from.place, true)},
                                                   {"x-amz-copy-source-if-match", from.etag},
                                                   {"x-amz-checksum-algorithm", "CRC64NVME"},
                                                   {"If-None-Match", "*"}},
                                       .conditional = true},
                                      body);
  if (!reply) co_return FailAt(reply.error(), where_);
  if (reply->ok()) co_return CopyOutcome::kCreated;
  if (SaysTooLarge(*reply)) co_return std::nullopt;
  // It may be that we may not read there, or that the object is gone.
  if (reply->http.status != 412) co_return CopyOutcome::kNotPossible;
  LF_CO_TRY(const CopyOutcome outcome, co_await WhichCondition(call));
  co_return outcome;
}

Task<Result<CopyOutcome>> S3Copy::WhichCondition(Call call) {
  ReplyBody body;
  const auto there = co_await client_->Send(call, {.method = Method::kHead, .key = key_}, body);
  if (!there) co_return FailAt(there.error(), where_);
  if (there->ok()) co_return CopyOutcome::kExisted;
  if (there->http.status == 404) co_return CopyOutcome::kNotPossible;
  co_return std::unexpected(ErrorOf(*there, where_));
}

Task<Result<std::optional<CopyOutcome>>> S3Copy::AsOnePart(Call call, ObjectAddress from) {
  S3Upload upload(client_, key_, where_);
  LF_CO_TRY_OK(co_await upload.Begin(call));
  const auto copied = co_await upload.CopyPart(call, from.place, from.etag, 1, {});
  if (copied && copied->ok()) {
    LF_CO_TRY(const CopyOutcome outcome, co_await Complete(call, upload));
    co_return outcome;
  }
  [[maybe_unused]] const Status gone = co_await upload.Abort(call.Unstoppable());
  LF_CO_TRY_OK(copied);
  if (SaysTooLarge(*copied)) co_return std::nullopt;
  co_return CopyOutcome::kNotPossible;
}

Task<Result<CopyOutcome>> S3Copy::Complete(Call call, S3Upload& upload) {
  const auto outcome = co_await upload.CompleteIfAbsent(call, {});
  if (!outcome || *outcome == PutOutcome::kExisted) {
    [[maybe_unused]] const Status gone = co_await upload.Abort(call.Unstoppable());
  }
  LF_CO_TRY_OK(outcome);
  co_return *outcome == PutOutcome::kCreated ? CopyOutcome::kCreated : CopyOutcome::kExisted;
}

Task<Result<std::optional<int64_t>>> S3Copy::SizeOfSource(Call call, ObjectAddress from) {
  auto placed = ReadCopySource(client_->address(), from.place);
  if (!placed) co_return std::nullopt;
  const auto there = client_->At(std::move(placed->address));
  ReplyBody body;
  const auto reply = co_await there->Send(
      call, {.method = Method::kHead, .key = std::move(placed->key), .headers = {{"If-Match", from.etag}}}, body);
  if (!reply) co_return FailAt(reply.error(), where_);
  if (!reply->ok()) co_return std::nullopt;
  co_return SizeOf(reply->http.headers.Find("Content-Length").value_or(""));
}

Task<Status> S3Copy::CopyRange(Call call, S3Upload& upload, ObjectAddress from, int number, ByteRange range) {
  const auto copied = co_await upload.CopyPart(call, from.place, from.etag, number, range);
  LF_CO_TRY_OK(copied);
  if (copied->ok()) co_return Status();
  not_possible_ = not_possible_ || copied->http.status < 500;
  co_return std::unexpected(ErrorOf(*copied, where_));
}

Task<Result<CopyOutcome>> S3Copy::ByRanges(Call call, ObjectAddress from) {
  LF_CO_TRY(const std::optional<int64_t> size, co_await SizeOfSource(call, from));
  if (!size || *size == 0) co_return CopyOutcome::kNotPossible;
  const auto range_bytes = static_cast<int64_t>(PartBytesOf(size, kRangeBytesMin, kRangesMax));
  S3Upload upload(client_, key_, where_);
  LF_CO_TRY_OK(co_await upload.Begin(call));
  const auto one = [&](size_t number) {
    const int64_t first = static_cast<int64_t>(number) * range_bytes;
    return CopyRange(call, upload, from, static_cast<int>(number) + 1,
                     {.first = first, .last = std::min(*size, first + range_bytes) - 1});
  };
  const auto count = static_cast<size_t>((*size + range_bytes - 1) / range_bytes);
  const Status copied = co_await ParallelFor(count, kRangesAtOnce, one);
  if (copied) co_return co_await Complete(call, upload);
  [[maybe_unused]] const Status gone = co_await upload.Abort(call.Unstoppable());
  if (not_possible_) co_return CopyOutcome::kNotPossible;
  co_return std::unexpected(copied.error());
}

}  // namespace lakeferry::s3
