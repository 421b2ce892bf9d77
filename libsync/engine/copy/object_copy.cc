#include "engine/copy/object_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "async/both.h"
#include "base/digest.h"

namespace lakeferry::engine {
namespace {

Status CheckExpected(const ObjectDigest& digest, const Expected& expected, const ObjectPath& path) {
  if (expected.size && digest.size != *expected.size) {
    return Fail(ErrorCode::kCorruptData,
                fmt::format("the object has {} bytes where {} were expected", digest.size, *expected.size),
                path.text());
  }
  if (expected.crc64 && digest.crc64 != *expected.crc64) {
    return Fail(
        ErrorCode::kCorruptData,
        fmt::format("the object's CRC-64 is {} where {} was expected", Hex64(digest.crc64), Hex64(*expected.crc64)),
        path.text());
  }
  if (!expected.sha256.empty() && digest.sha256 != expected.sha256) {
    return Fail(ErrorCode::kCorruptData,
                fmt::format("the object's SHA-256 is {} where {} was expected", digest.sha256, expected.sha256),
                path.text());
  }
  return {};
}

// Takes an object's digest from its pieces.
class Digester {
 public:
  explicit Digester(Hashing hashing) {
    if (hashing == Hashing::kSha256) sha256_.emplace();
  }

  void Update(std::span<const char> piece) {
    crc64_.Update(piece);
    if (sha256_) sha256_->Update({piece.data(), piece.size()});
    size_ += static_cast<int64_t>(piece.size());
  }
  // Of the pieces so far.
  [[nodiscard]] int64_t size() const { return size_; }
  // Call once.
  [[nodiscard]] ObjectDigest Finish() {
    return {.size = size_, .crc64 = crc64_.value(), .sha256 = sha256_ ? sha256_->FinishHex() : std::string()};
  }

 private:
  int64_t size_ = 0;
  Crc64 crc64_;
  std::optional<Sha256> sha256_;
};

// Why the store refuses the time; empty where it does not. Nothing is published yet: an error that may pass is worth
// another attempt. One that stays is not worth an object that does not arrive.
Task<Result<std::string>> SetTime(Call call, ObjectWriter& writer, TimeMs modified) {
  const Result<bool> set = co_await writer.SetModified(call, modified);
  if (set) co_return std::string();
  const ErrorCode code = set.error().code;
  const bool for_good =
      code == ErrorCode::kUnauthorized || code == ErrorCode::kInvalidArgument || code == ErrorCode::kInternal;
  if (!for_good) co_return std::unexpected(set.error());
  co_return ToString(set.error());
}

// After a lost answer: was it our bytes that arrived?
Task<Result<PutOutcome>> SettleCopy(Call call, ObjectStore& to, ObjectPath to_path, ObjectDigest sent,
                                    size_t buffer_bytes) {
  const Hashing hashing = sent.sha256.empty() ? Hashing::kCrc64 : Hashing::kSha256;
  Result<ObjectDigest> found = co_await DigestOf(call, to, to_path, buffer_bytes, hashing);
  if (found) co_return *found == sent ? PutOutcome::kCreated : PutOutcome::kExisted;
  // Whoever reads on takes corrupt data for the fault of what was copied.
  if (found.error().code == ErrorCode::kCorruptData) {
    co_return Fail(ErrorCode::kUnavailable,
                   fmt::format("what was written cannot be read back: {}", found.error().message),
                   fmt::format("{}/{}", to.uri(), to_path.text()), "it is tried again");
  }
  if (found.error().code != ErrorCode::kNotFound) co_return std::unexpected(found.error());
  co_return Fail(ErrorCode::kUnavailable, "the write was lost on its way", to_path.text());
}

}  // namespace

Hashing HashingOf(const plan::StagedFile& file) { return file.sha256.empty() ? Hashing::kCrc64 : Hashing::kSha256; }

bool IsWhatLeft(const ObjectDigest& digest, const plan::StagedFile& file) {
  return digest == ObjectDigest{.size = file.size, .crc64 = file.crc64, .sha256 = file.sha256};
}

Expected ExpectedOf(const plan::StagedFile& file) {
  return {.size = file.size, .crc64 = file.crc64, .sha256 = file.sha256, .hashing = HashingOf(file)};
}

Task<Result<ObjectDigest>> DigestOf(Call call, ObjectReader& reader, size_t buffer_bytes, Hashing hashing) {
  std::vector<char> buffer(buffer_bytes);
  Digester digester(hashing);
  while (digester.size() < reader.size_bytes()) {
    LF_CO_TRY(const size_t got, co_await reader.Read(call, buffer));
    if (got == 0) break;
    digester.Update(std::span(buffer).first(got));
  }
  co_return digester.Finish();
}

Task<Result<ObjectDigest>> DigestOf(Call call, ObjectStore& store, ObjectPath path, size_t buffer_bytes,
                                    Hashing hashing) {
  LF_CO_TRY(const std::unique_ptr<ObjectReader> reader, co_await store.OpenRead(call, path));
  ObjectReader& opened = *reader;
  co_return co_await DigestOf(call, opened, buffer_bytes, hashing);
}

namespace {

// No look for more behind the end: of a small object that is as dear as reading it.
Task<Status> CopyPieces(Call call, ObjectReader& reader, ObjectWriter& writer, Digester& digester,
                        size_t buffer_bytes) {
  std::vector<char> buffer(std::min<size_t>(buffer_bytes, static_cast<size_t>(reader.size_bytes()) + 1));
  while (digester.size() < reader.size_bytes()) {
    LF_CO_TRY(const size_t got, co_await reader.Read(call, buffer));
    if (got == 0) break;
    const std::span<const char> piece = std::span(buffer).first(got);
    digester.Update(piece);
    LF_CO_TRY_OK(co_await writer.Write(call, piece));
  }
  co_return Status{};
}

Task<Result<std::string>> ReadAll(Call call, ObjectReader& reader, Digester& digester) {
  std::string bytes(static_cast<size_t>(reader.size_bytes()), '\0');
  size_t have = 0;
  for (size_t got = 1; got > 0 && have < bytes.size(); have += got) {
    LF_CO_TRY(got, co_await reader.Read(call, std::span(bytes).subspan(have)));
  }
  bytes.resize(have);
  digester.Update(bytes);
  co_return bytes;
}

// Of an object that fits into the buffer: one call instead of those that a writer takes.
Task<Result<Copied>> CopySmall(Call call, ObjectReader& reader, ObjectPath from_path, ObjectStore& to,
                               ObjectPath to_path, Expected expected, size_t buffer_bytes) {
  Digester digester(expected.hashing);
  LF_CO_TRY(std::string bytes, co_await ReadAll(call, reader, digester));
  Copied copied{.digest = digester.Finish()};
  LF_CO_TRY_OK(CheckExpected(copied.digest, expected, from_path));
  Result<PutOutcome> outcome = co_await to.PutIfAbsent(call, to_path, std::move(bytes));
  const bool unknown = !outcome && outcome.error().code == ErrorCode::kOutcomeUnknown;
  if (unknown) outcome = co_await SettleCopy(call, to, to_path, copied.digest, buffer_bytes);
  LF_CO_TRY(copied.outcome, outcome);
  co_return copied;
}

Task<Status> OpenSource(Call call, ObjectStore& from, ObjectPath path, std::unique_ptr<ObjectReader>& slot) {
  LF_CO_TRY(slot, co_await from.OpenRead(call, std::move(path)));
  co_return Status{};
}

Task<Status> OpenTarget(Call call, ObjectStore& to, ObjectPath path, PreparedCopy& slot) {
  LF_CO_TRY(slot.writer, co_await to.OpenWrite(call, std::move(path)));
  co_return Status{};
}

Task<Result<PreparedCopy>> CopyInto(Call call, PreparedCopy prepared, ObjectReader& reader, ObjectPath from_path,
                                    Expected expected, size_t buffer_bytes, std::optional<TimeMs> modified) {
  Digester digester(expected.hashing);
  LF_CO_TRY_OK(co_await CopyPieces(call, reader, *prepared.writer, digester, buffer_bytes));
  prepared.copied.digest = digester.Finish();
  LF_CO_TRY_OK(CheckExpected(prepared.copied.digest, expected, from_path));
  if (modified) {
    LF_CO_TRY(prepared.copied.time_refused, co_await SetTime(call, *prepared.writer, *modified));
  }
  co_return prepared;
}

}  // namespace

Task<Result<PreparedCopy>> PrepareCopy(Call call, ObjectStore& from, ObjectPath from_path, ObjectStore& to,
                                       ObjectPath to_path, Expected expected, size_t buffer_bytes,
                                       std::optional<TimeMs> modified) {
  std::unique_ptr<ObjectReader> reader;
  PreparedCopy prepared;
  const auto [source, target] =
      co_await Both(OpenSource(call, from, from_path, reader), OpenTarget(call, to, to_path, prepared));
  LF_CO_TRY_OK(source);
  LF_CO_TRY_OK(target);
  ObjectReader& opened = *reader;
  co_return co_await CopyInto(call, std::move(prepared), opened, from_path, std::move(expected), buffer_bytes,
                              modified);
}

Task<Result<Copied>> PublishCopy(Call call, PreparedCopy prepared, ObjectStore& to, ObjectPath to_path,
                                 size_t buffer_bytes) {
  Copied copied = std::move(prepared.copied);
  Result<PutOutcome> outcome = co_await prepared.writer->CommitIfAbsent(call);
  const bool unknown = !outcome && outcome.error().code == ErrorCode::kOutcomeUnknown;
  if (unknown) outcome = co_await SettleCopy(call, to, to_path, copied.digest, buffer_bytes);
  LF_CO_TRY(copied.outcome, outcome);
  co_return copied;
}

Task<Result<Copied>> CopyObject(Call call, ObjectStore& from, ObjectPath from_path, ObjectStore& to, ObjectPath to_path,
                                Expected expected, size_t buffer_bytes, std::optional<TimeMs> modified) {
  LF_CO_TRY(const std::unique_ptr<ObjectReader> reader, co_await from.OpenRead(call, from_path));
  ObjectReader& opened = *reader;
  if (!modified && std::cmp_less_equal(opened.size_bytes(), buffer_bytes)) {
    co_return co_await CopySmall(call, opened, from_path, to, to_path, std::move(expected), buffer_bytes);
  }
  PreparedCopy begun;
  LF_CO_TRY_OK(co_await OpenTarget(call, to, to_path, begun));
  LF_CO_TRY(PreparedCopy prepared,
            co_await CopyInto(call, std::move(begun), opened, from_path, std::move(expected), buffer_bytes, modified));
  co_return co_await PublishCopy(call, std::move(prepared), to, to_path, buffer_bytes);
}

Task<Result<PutOutcome>> PutSettled(Call call, ObjectStore& store, ObjectPath path, std::string bytes) {
  Result<PutOutcome> outcome = co_await store.PutIfAbsent(call, path, bytes);
  const bool unknown = !outcome && outcome.error().code == ErrorCode::kOutcomeUnknown;
  if (!unknown && (!outcome || *outcome == PutOutcome::kCreated)) co_return outcome;
  Result<std::string> found = co_await store.Get(call, path, bytes.size() + 1);
  if (found && *found == bytes) co_return PutOutcome::kCreated;
  if (found || found.error().code == ErrorCode::kCorruptData) co_return PutOutcome::kExisted;
  if (found.error().code != ErrorCode::kNotFound) co_return std::unexpected(found.error());
  co_return Fail(ErrorCode::kUnavailable, "the write was lost on its way", path.text());
}

}  // namespace lakeferry::engine
