#include "storage/azure/azure_writer.h"

#include <utility>
#include <vector>

#include "base/digest.h"
#include "storage/azure/azure_blocks.h"
#include "storage/azure/azure_fault.h"

namespace lakeferry::azure {
namespace {

constexpr int64_t kPartsMax = 50'000;

}  // namespace

size_t PartBytesFor(std::optional<int64_t> size_bytes, size_t part_bytes_min) {
  return PartBytesOf(size_bytes, part_bytes_min, kPartsMax);
}

Headers NewBlobHeaders(uint64_t crc64) {
  return {{"x-ms-blob-content-type", "application/octet-stream"}, {"x-ms-meta-lakeferrycrc64nvme", Hex64(crc64)}};
}

AzureWriter::AzureWriter(std::shared_ptr<AzureClient> client, std::string blob, std::string where, size_t part_bytes,
                         std::optional<int64_t> size_bytes, bool vouches)
    : client_(std::move(client)),
      blob_(std::move(blob)),
      where_(std::move(where)),
      part_bytes_(part_bytes),
      in_one_(size_bytes && std::cmp_less_equal(*size_bytes, part_bytes)),
      name_(client_->RandomNumber()),
      vouches_(vouches) {}

std::string AzureWriter::IdOf(int64_t number, uint64_t crc64) const {
  return BlockId(by_content_ ? crc64 : name_, number);
}

Task<Status> AzureWriter::TakeUp(Call call) {
  by_content_ = true;
  LF_CO_TRY(held_, co_await ListLooseBlocks(std::move(call), client_, blob_, where_));
  for (const auto& [id, size] : held_) {
    if (const auto number = NumberOf(id)) held_numbers_.insert(*number);
  }
  co_return Status();
}

bool AzureWriter::TakeOver(int64_t number, const Buffer& bytes) {
  if (held_.empty()) return false;
  const uint64_t crc64 = Crc64OfPart(bytes);
  std::string id = IdOf(number, crc64);
  const auto found = held_.find(id);
  if (found == held_.end() || !std::cmp_equal(found->second, bytes.size())) return false;
  ids_[number] = std::move(id);
  parts_.Add(number, bytes.size(), crc64);
  return true;
}

Task<Status> AzureWriter::SendBlock(Call call, int64_t number, std::span<const char> bytes, uint64_t crc64) {
  ReplyBody body;
  auto reply = co_await client_->Send(call,
                                      {.method = Method::kPut,
                                       .blob = blob_,
                                       .query = {{"comp", "block"}, {"blockid", IdOf(number, crc64)}},
                                       .headers = {{"x-ms-content-crc64", ContentCrc64(crc64)}},
                                       .body = bytes},
                                      body);
  if (!reply) co_return FailAt(reply.error(), where_);
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, where_));
  co_return Status();
}

Task<Result<Buffer>> AzureWriter::Write(Call call, int64_t number, Buffer bytes) {
  LF_CO_TRY_OK(CheckWanted(call));
  const size_t size = bytes.size();
  const uint64_t crc64 = Crc64OfPart(bytes);
  // A part that is not full is the last.
  in_one_ = in_one_ || (number == 0 && size < part_bytes_ && size <= kHeldBytesMax);
  if (!in_one_) {
    const Status sent = co_await SendBlock(call, number, bytes.bytes(), crc64);
    LF_CO_TRY_OK(sent);
    ids_[number] = IdOf(number, crc64);
  } else if (number > 0) {
    co_return Fail(ErrorCode::kCorruptData, "the object is longer than it was said to be", where_);
  } else {
    only_ = std::exchange(bytes, Buffer());
  }
  parts_.Add(number, size, crc64);
  co_return bytes;
}

// The time of a blob is that of its writing.
Task<Result<bool>> AzureWriter::SetModified(Call, TimeMs) { co_return false; }

Task<Result<PutOutcome>> AzureWriter::PutWhole(Call call) {
  Headers headers = NewBlobHeaders(parts_.WholeCrc64());
  headers.Add("x-ms-blob-type", "BlockBlob");
  headers.Add("x-ms-content-crc64", ContentCrc64(parts_.WholeCrc64()));
  headers.Add("If-None-Match", "*");
  ReplyBody body;
  auto reply = co_await client_->Send(call,
                                      {.method = Method::kPut,
                                       .blob = blob_,
                                       .headers = std::move(headers),
                                       .body = only_.bytes(),
                                       .conditional = true},
                                      body);
  if (!reply) co_return FailAt(reply.error(), where_);
  if (reply->ok()) {
    etag_ = reply->http.headers.Find("ETag").value_or("");
    co_return PutOutcome::kCreated;
  }
  if (SaysExists(*reply)) co_return PutOutcome::kExisted;
  co_return std::unexpected(ErrorOf(*reply, where_));
}

Task<Result<PutOutcome>> AzureWriter::CommitIfAbsent(Call call, int64_t size_bytes, ObjectChecksums checksums) {
  LF_CO_TRY_OK(CheckWanted(call));
  LF_CO_TRY_OK(parts_.Check(size_bytes, checksums, where_));
  if (in_one_ || parts_.empty()) co_return co_await PutWhole(call);
  std::vector<std::string> ids;
  ids.reserve(ids_.size());
  for (const auto& [number, id] : ids_) ids.push_back(id);
  LF_CO_TRY(Created created,
            co_await CommitBlocks(call, client_, blob_, where_, std::move(ids), NewBlobHeaders(parts_.WholeCrc64())));
  etag_ = std::move(created.etag);
  co_return created.outcome;
}

Task<Status> AzureWriter::Abort(Call) {
  only_ = Buffer();
  co_return Status();
}

}  // namespace lakeferry::azure
