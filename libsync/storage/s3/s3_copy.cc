#include "storage/s3/s3_copy.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "async/task_group.h"
#include "storage/cloud/part_tally.h"
#include "storage/cloud/size_text.h"
#include "storage/s3/checksum_text.h"
#include "storage/s3/s3_fault.h"

namespace lakeferry::s3 {
namespace {

constexpr size_t kRangeBytesMin = size_t{256} << 20;
constexpr int64_t kRangesMax = 10'000;
constexpr size_t kRangesAtOnce = 4;

// Another attempt may come to an end with what is copied already.
bool Passes(ErrorCode why) {
  return why == ErrorCode::kUnavailable || why == ErrorCode::kThrottled || why == ErrorCode::kCancelled ||
         why == ErrorCode::kUnauthorized || why == ErrorCode::kOutcomeUnknown;
}

int64_t SizeOfRange(const ByteRange& range) { return range.last - range.first + 1; }

std::vector<ByteRange> RangesOf(int64_t size_bytes) {
  const auto range_bytes = static_cast<int64_t>(PartBytesOf(size_bytes, kRangeBytesMin, kRangesMax));
  std::vector<ByteRange> ranges;
  for (int64_t first = 0; first < size_bytes; first += range_bytes) {
    ranges.push_back({.first = first, .last = std::min(size_bytes, first + range_bytes) - 1});
  }
  return ranges;
}

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
    LF_CO_TRY(const CopyOutcome outcome, co_await Complete(call, upload, {}));
    co_return outcome;
  }
  [[maybe_unused]] const Status gone = co_await upload.Abort(call.Unstoppable());
  LF_CO_TRY_OK(copied);
  if (SaysTooLarge(*copied)) co_return std::nullopt;
  co_return CopyOutcome::kNotPossible;
}

Task<Result<CopyOutcome>> S3Copy::Complete(Call call, S3Upload& upload, End end) {
  const auto outcome = co_await upload.CompleteIfAbsent(call, end.crc64);
  const bool left = !outcome && end.leaves && Passes(outcome.error().code);
  const bool over = outcome && *outcome == PutOutcome::kCreated;
  if (!left && !over) {
    [[maybe_unused]] const Status gone = co_await upload.Abort(call.Unstoppable());
  }
  LF_CO_TRY_OK(outcome);
  co_await upload.DropOthers(call.Unstoppable());
  co_return *outcome == PutOutcome::kCreated ? CopyOutcome::kCreated : CopyOutcome::kExisted;
}

Task<Result<std::optional<S3Copy::Source>>> S3Copy::LookAtSource(Call call, ObjectAddress from) {
  auto placed = ReadCopySource(client_->address(), from.place);
  if (!placed) co_return std::nullopt;
  const auto there = client_->At(std::move(placed->address));
  ReplyBody body;
  const auto reply = co_await there->Send(call,
                                          {.method = Method::kHead,
                                           .key = std::move(placed->key),
                                           .headers = {{"If-Match", from.etag}, {"x-amz-checksum-mode", "ENABLED"}}},
                                          body);
  if (!reply) co_return FailAt(reply.error(), where_);
  if (!reply->ok()) co_return std::nullopt;
  const auto size = SizeOf(reply->http.headers.Find("Content-Length").value_or(""));
  if (!size) co_return std::nullopt;
  co_return Source{.size_bytes = *size, .crc64 = ChecksumsOf(reply->http.headers).crc64};
}

Task<Status> S3Copy::CopyRange(Call call, S3Upload& upload, ObjectAddress from, int number, ByteRange range) {
  if (upload.TakeOverCopied(number, SizeOfRange(range))) {
    taken_over_ = true;
    co_return Status();
  }
  const auto copied = co_await upload.CopyPart(call, from.place, from.etag, number, range);
  LF_CO_TRY_OK(copied);
  if (copied->ok()) co_return Status();
  not_possible_ = not_possible_ || (copied->http.status < 500 && copied->fault.code != "NoSuchUpload");
  co_return std::unexpected(ErrorOf(*copied, where_));
}

bool S3Copy::IsWhole(const S3Upload& upload, const std::vector<ByteRange>& ranges, uint64_t crc64) {
  PartTally tally;
  for (size_t number = 0; number < ranges.size(); ++number) {
    const auto of_part = upload.Crc64OfPart(static_cast<int>(number) + 1);
    if (!of_part) return false;
    tally.Add(static_cast<int64_t>(number), static_cast<size_t>(SizeOfRange(ranges[number])), *of_part);
  }
  return tally.WholeCrc64() == crc64;
}

Task<Result<CopyOutcome>> S3Copy::CopyRanges(Call call, S3Upload& upload, ObjectAddress from, Source source) {
  if (!upload.begun()) LF_CO_TRY_OK(co_await upload.Begin(call));
  const bool leaves = resumes_ && source.crc64;
  const std::vector<ByteRange> ranges = RangesOf(source.size_bytes);
  const auto one = [&](size_t number) {
    return CopyRange(call, upload, from, static_cast<int>(number) + 1, ranges[number]);
  };
  taken_over_ = false;
  const Status copied = co_await ParallelFor(ranges.size(), kRangesAtOnce, one);
  if (copied && !taken_over_) co_return co_await Complete(call, upload, {.crc64 = {}, .leaves = leaves});
  if (copied && IsWhole(upload, ranges, *source.crc64)) {
    co_return co_await Complete(call, upload, {.crc64 = source.crc64, .leaves = true});
  }
  if (copied || !leaves || not_possible_ || !Passes(copied.error().code)) {
    [[maybe_unused]] const Status gone = co_await upload.Abort(call.Unstoppable());
  }
  if (not_possible_) co_return CopyOutcome::kNotPossible;
  LF_CO_TRY_OK(copied);
  co_return Fail(ErrorCode::kCorruptData, "what a copy before has left is of another object", where_);
}

Task<Result<CopyOutcome>> S3Copy::ByRanges(Call call, ObjectAddress from) {
  LF_CO_TRY(const std::optional<Source> source, co_await LookAtSource(call, from));
  if (!source || source->size_bytes == 0) co_return CopyOutcome::kNotPossible;
  S3Upload upload(client_, key_, where_);
  // Nobody reads what is copied: without the checksum of the whole nothing that is left can be believed.
  if (resumes_ && source->crc64) asked_ = co_await upload.TakeUp(call);
  if (!asked_ && asked_.error().code == ErrorCode::kCancelled) co_return std::unexpected(asked_.error());
  const auto outcome = co_await CopyRanges(call, upload, from, *source);
  const bool another = !outcome && taken_over_ && outcome.error().code == ErrorCode::kCorruptData;
  if (!another) co_return outcome;
  S3Upload anew(client_, key_, where_);
  auto again = co_await CopyRanges(call, anew, std::move(from), *source);
  if (again) co_await upload.DropOthers(call.Unstoppable());
  co_return again;
}

}  // namespace lakeferry::s3
