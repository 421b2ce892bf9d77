#include "storage/azure/azure_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "async/task_group.h"
#include "base/digest.h"
#include "storage/azure/azure_blocks.h"
#include "storage/azure/azure_fault.h"
#include "storage/cloud/size_text.h"

namespace lakeferry::azure {
namespace {

constexpr int64_t kBlockBytes = int64_t{100} << 20;
constexpr size_t kBlocksAtOnce = 4;

// We may not read there, or it is gone, or another by now.
bool IsOfTheSource(const AzureReply& reply) {
  const int status = reply.http.status;
  return status == 401 || status == 403 || status == 404 || status == 412;
}

// What a copy of one request would keep.
Headers MetadataOf(const HttpReply& reply) {
  Headers headers;
  for (const auto& [name, value] : reply.headers) {
    if (name.starts_with("x-ms-meta-")) headers.Add(name, value);
  }
  if (const auto type = reply.headers.Find("Content-Type")) headers.Add("x-ms-blob-content-type", std::string(*type));
  return headers;
}

// The same for whoever copies this state of the blob in these pieces, and for nothing else: an ETag is of one write.
uint64_t NameOf(const ObjectAddress& from) {
  constexpr int kHex = 16;
  constexpr size_t kDigits = 16;
  const std::string hash = Sha256Hex(fmt::format("{}\n{}\n{}", from.place, from.etag, kBlockBytes));
  uint64_t name = 0;
  std::from_chars(hash.data(), hash.data() + kDigits, name, kHex);
  return name;
}

}  // namespace

Task<Result<AzureReply>> AzureCopy::Ask(Call call, ObjectAddress from) {
  ReplyBody body;
  auto reply = co_await client_->Send(
      call,
      {.method = Method::kPut,
       .blob = blob_,
       .headers = {{"x-ms-requires-sync", "true"}, {"x-ms-source-if-match", from.etag}, {"If-None-Match", "*"}},
       .conditional = true,
       .copy_from = from.place,
       .copy_as = source_},
      body);
  if (!reply) co_return FailAt(reply.error(), where_);
  co_return reply;
}

Task<Result<CopyOutcome>> AzureCopy::WhichCondition(Call call, AzureReply refusal) {
  if (refusal.fault.code == "BlobAlreadyExists") co_return CopyOutcome::kExisted;
  ReplyBody body;
  const auto there = co_await client_->Send(call, {.method = Method::kHead, .blob = blob_}, body);
  if (!there) co_return FailAt(there.error(), where_);
  if (there->ok()) co_return CopyOutcome::kExisted;
  if (there->http.status == 404) co_return CopyOutcome::kNotPossible;
  co_return std::unexpected(ErrorOf(*there, where_));
}

Task<Result<CopyOutcome>> AzureCopy::Run(Call call, ObjectAddress from) {
  if (!at_once_) co_return co_await InBlocks(call, std::move(from));
  auto reply = co_await Ask(call, from);
  LF_CO_TRY_OK(reply);
  if (reply->ok() && reply->http.headers.Find("x-ms-copy-status").value_or("success") != "success") {
    co_return Fail(ErrorCode::kOutcomeUnknown, "the store will copy the blob later", where_);
  }
  if (reply->ok()) co_return CopyOutcome::kCreated;
  if (reply->http.status == 412 || SaysExists(*reply)) co_return co_await WhichCondition(call, *std::move(reply));
  denied_ = reply->http.status == 401 || reply->http.status == 403;
  if (IsOfTheSource(*reply)) co_return CopyOutcome::kNotPossible;
  co_return co_await InBlocks(call, std::move(from));
}

Task<Result<std::optional<HttpReply>>> AzureCopy::LookAtSource(Call call, ObjectAddress from) {
  ReplyBody body;
  AzureClient& there = source_ == nullptr ? *client_ : *source_;
  auto reply = co_await there.Send(
      call, {.method = Method::kHead, .place = from.place, .headers = {{"If-Match", from.etag}}}, body);
  if (!reply) co_return FailAt(reply.error(), where_);
  if (IsOfTheSource(*reply)) co_return std::nullopt;
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, where_));
  co_return std::move(reply->http);
}

// What cannot be found out is copied again.
Task<Result<std::map<std::string, int64_t>>> AzureCopy::LooseBlocks(Call call, bool may_be_ours) {
  std::map<std::string, int64_t> none;
  if (!may_be_ours) co_return none;
  auto loose = co_await ListLooseBlocks(std::move(call), client_, blob_, where_);
  if (!loose && loose.error().code != ErrorCode::kCancelled) co_return none;
  co_return loose;
}

Task<Status> AzureCopy::CopyBlock(Call call, ObjectAddress from, std::string id, ByteRange range) {
  ReplyBody body;
  auto reply =
      co_await client_->Send(call,
                             {.method = Method::kPut,
                              .blob = blob_,
                              .query = {{"comp", "block"}, {"blockid", std::move(id)}},
                              .headers = {{"x-ms-source-range", fmt::format("bytes={}-{}", range.first, range.last)},
                                          {"x-ms-source-if-match", from.etag}},
                              .copy_from = from.place,
                              .copy_as = source_},
                             body);
  if (!reply) co_return FailAt(reply.error(), where_);
  if (reply->ok()) co_return Status();
  not_possible_ = not_possible_ || reply->http.status < 500;
  co_return std::unexpected(ErrorOf(*reply, where_));
}

Task<Result<CopyOutcome>> AzureCopy::InBlocks(Call call, ObjectAddress from) {
  LF_CO_TRY(const std::optional<HttpReply> source, co_await LookAtSource(call, from));
  const auto size = source ? SizeOf(source->headers.Find("Content-Length").value_or("")) : std::nullopt;
  if (!size || *size == 0) co_return CopyOutcome::kNotPossible;
  std::vector<std::string> ids;
  const uint64_t name = from.resume ? NameOf(from) : client_->RandomNumber();
  for (int64_t first = 0; first < *size; first += kBlockBytes) {
    ids.push_back(BlockId(name, static_cast<int64_t>(ids.size())));
  }
  LF_CO_TRY(const auto left, co_await LooseBlocks(call, from.resume && ids.size() > 1));
  std::vector<size_t> missing;  // their numbers
  const auto range_of = [&size](size_t number) {
    const int64_t first = static_cast<int64_t>(number) * kBlockBytes;
    return ByteRange{.first = first, .last = std::min(*size, first + kBlockBytes) - 1};
  };
  for (size_t number = 0; number < ids.size(); ++number) {
    const ByteRange range = range_of(number);
    const auto found = left.find(ids[number]);
    if (found == left.end() || found->second != range.last - range.first + 1) missing.push_back(number);
  }
  const auto one = [&](size_t i) { return CopyBlock(call, from, ids[missing[i]], range_of(missing[i])); };
  const Status copied = co_await ParallelFor(missing.size(), kBlocksAtOnce, one);
  if (!copied && not_possible_) co_return CopyOutcome::kNotPossible;
  LF_CO_TRY_OK(copied);
  LF_CO_TRY(const Created created,
            co_await CommitBlocks(call, client_, blob_, where_, std::move(ids), MetadataOf(*source)));
  co_return created.outcome == PutOutcome::kCreated ? CopyOutcome::kCreated : CopyOutcome::kExisted;
}

}  // namespace lakeferry::azure
