#include "storage/gcs/gcs_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "storage/cloud/part_tally.h"
#include "storage/gcs/gcs_fault.h"

namespace lakeferry::gcs {
namespace {

// Of what a service says that it has made of bytes with this checksum; empty where it does not say that.
std::string GenerationOf(std::string_view json, uint32_t crc32c) {
  auto object = ReadObject(json);
  return object && object->checksums.crc32c == crc32c ? std::move(object->generation) : std::string();
}

}  // namespace

Task<Result<Created>> InsertIfAbsent(Call call, std::shared_ptr<GcsClient> client, std::string key, std::string where,
                                     std::string_view bytes) {
  const uint32_t crc32c = Crc32cOf(bytes);
  const UploadBody upload = MakeUploadBody(key, bytes, crc32c);
  ReplyBody body;
  auto reply = co_await client->Send(
      call,
      {.method = Method::kPost,
       .path = UploadsPath(client->address().bucket),
       .query = {{"uploadType", "multipart"}, {"ifGenerationMatch", "0"}, {"fields", std::string(kObjectFields)}},
       .headers = {{"Content-Type", upload.content_type}},
       .body = upload.bytes,
       .conditional = true},
      body);
  if (!reply) co_return FailAt(reply.error(), where);
  if (reply->ok()) co_return Created{.etag = GenerationOf(body.text, crc32c)};
  if (reply->http.status == 412) co_return Created{.outcome = PutOutcome::kExisted};
  co_return std::unexpected(ErrorOf(*reply, where));
}

GcsWriter::GcsWriter(std::shared_ptr<GcsClient> client, std::string key, std::string where, size_t part_bytes,
                     std::optional<int64_t> size_bytes, bool vouches)
    : client_(std::move(client)),
      key_(std::move(key)),
      where_(std::move(where)),
      part_bytes_(part_bytes),
      in_one_(size_bytes && std::cmp_less_equal(*size_bytes, part_bytes)),
      vouches_(vouches),
      upload_(client_, key_, where_) {}

void GcsWriter::Sum(const Buffer& part) {
  size_ += static_cast<int64_t>(part.size());
  crc64_ = Crc64OfBoth(crc64_, Crc64OfPart(part), part.size());
  crc32c_.Update(part.bytes());
}

Task<Status> GcsWriter::TakeUp(Call call, UploadBook& book, std::string object, int64_t size_bytes) {
  if (in_one_) co_return Status();
  const std::optional<KeptUpload> kept = book.Find(object);
  record_.emplace(Record{.book = book, .object = std::move(object), .size_bytes = size_bytes});
  if (!kept) co_return Status();
  bool found = false;
  if (kept->size_bytes == size_bytes) {
    LF_CO_TRY(found, co_await upload_.TakeUp(call, std::string(kept->session.Reveal())));
  }
  if (found && upload_.sent_bytes() <= size_bytes) {
    held_ = upload_.sent_bytes();
    co_return Status();
  }
  Forget();
  if (!found) co_return Status();
  co_return co_await upload_.Abort(std::move(call));
}

void GcsWriter::Forget() {
  if (record_) record_->book.Forget(record_->object);
}

bool GcsWriter::TakeOver(int64_t number, const Buffer& bytes) {
  const int64_t end = number * static_cast<int64_t>(part_bytes_) + static_cast<int64_t>(bytes.size());
  if (number != taken_ || size_ != number * static_cast<int64_t>(part_bytes_) || end > held_) return false;
  Sum(bytes);
  ++taken_;
  return true;
}

Task<Error> GcsWriter::Judge(Call call, Error error) {
  if (held_ == 0 || error.code != ErrorCode::kCorruptData) co_return error;
  Forget();
  [[maybe_unused]] const Status gone = co_await upload_.Abort(call.Unstoppable());
  co_return Error{.code = ErrorCode::kUnavailable,
                  .message = "what an earlier copy has left is not of this object: " + error.message,
                  .where = where_,
                  .remedy = "it is sent anew"};
}

Task<Result<Buffer>> GcsWriter::Write(Call call, int64_t number, Buffer bytes) {
  LF_CO_TRY_OK(co_await turns_.Await(call, number - taken_));
  if (in_one_ && number > 0) {
    co_return Fail(ErrorCode::kCorruptData, "the object is longer than it was said to be", where_);
  }
  const Status written = co_await WriteNext(call, bytes);
  if (!written) {
    const Error error = co_await Judge(call, written.error());
    turns_.Fail(error);
    co_return std::unexpected(error);
  }
  if (in_one_) only_ = std::exchange(bytes, Buffer());
  turns_.Pass();
  co_return bytes;
}

Task<Status> GcsWriter::WriteNext(Call call, const Buffer& part) {
  const std::span<const char> bytes = part.bytes();
  if (!rest_.empty()) co_return Fail(ErrorCode::kInternal, "a part that is not the last is too short", where_);
  if (!in_one_) {
    const size_t steps = bytes.size() / kChunkStep * kChunkStep;
    // Of the first that is not taken over the store may have a beginning.
    const auto ahead = static_cast<size_t>(std::clamp<int64_t>(held_ - size_, 0, static_cast<int64_t>(steps)));
    const Status sent = co_await SendSteps(call, bytes.subspan(ahead, steps - ahead));
    LF_CO_TRY_OK(sent);
    rest_.assign(bytes.begin() + static_cast<ptrdiff_t>(steps), bytes.end());
  }
  Sum(part);
  co_return Status();
}

Task<Status> GcsWriter::SendSteps(Call call, std::span<const char> bytes) {
  if (bytes.empty() || existed_) co_return Status();
  if (!upload_.begun()) {
    const auto begun = co_await upload_.Begin(call);
    LF_CO_TRY_OK(begun);
    existed_ = !*begun;
    if (existed_) co_return Status();
    if (record_) record_->book.Keep(record_->object, Secret(std::string(upload_.session())), record_->size_bytes);
  }
  co_return co_await upload_.Send(call, bytes);
}

Task<Result<bool>> GcsWriter::SetModified(Call, TimeMs) { co_return false; }

Status GcsWriter::CheckWhole(int64_t size_bytes, const ObjectChecksums& checksums) const {
  if (size_ != size_bytes) {
    return Fail(ErrorCode::kCorruptData, fmt::format("{} bytes were written where {} were meant", size_, size_bytes),
                where_);
  }
  if (checksums.crc64 && *checksums.crc64 != crc64_) {
    return Fail(
        ErrorCode::kCorruptData,
        fmt::format("the CRC-64 of what was written is {} where {} was meant", Hex64(crc64_), Hex64(*checksums.crc64)),
        where_);
  }
  if (checksums.crc32c && *checksums.crc32c != crc32c_.value()) {
    return Fail(ErrorCode::kCorruptData, "the CRC-32C of what was written is another than that which was meant",
                where_);
  }
  return {};
}

Task<Result<PutOutcome>> GcsWriter::CommitIfAbsent(Call call, int64_t size_bytes, ObjectChecksums checksums) {
  LF_CO_TRY_OK(CheckWanted(call));
  LF_CO_TRY_OK(CheckWhole(size_bytes, checksums));
  if (existed_) co_return PutOutcome::kExisted;
  if (upload_.begun()) {
    const auto outcome = co_await upload_.FinishIfAbsent(call, rest_, crc32c_.value());
    if (!outcome) {
      Error error = co_await Judge(call, outcome.error());
      co_return std::unexpected(std::move(error));
    }
    Forget();
    etag_ = upload_.generation();
    co_return outcome;
  }
  const std::string_view bytes =
      in_one_ ? std::string_view(only_.bytes().data(), only_.size()) : std::string_view(rest_);
  LF_CO_TRY(Created created, co_await InsertIfAbsent(call, client_, key_, where_, bytes));
  etag_ = std::move(created.etag);
  co_return created.outcome;
}

Task<Status> GcsWriter::Abort(Call call) {
  only_ = Buffer();
  rest_.clear();
  Forget();
  co_return co_await upload_.Abort(call);
}

}  // namespace lakeferry::gcs
