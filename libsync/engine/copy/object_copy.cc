#include "engine/copy/object_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

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
Task<Result<std::string>> SetTime(ObjectWriter& writer, TimeMs modified) {
  const Result<bool> set = co_await writer.SetModified(modified);
  if (set) co_return std::string();
  const ErrorCode code = set.error().code;
  const bool for_good =
      code == ErrorCode::kUnauthorized || code == ErrorCode::kInvalidArgument || code == ErrorCode::kInternal;
  if (!for_good) co_return std::unexpected(set.error());
  co_return ToString(set.error());
}

// After a lost answer: was it our bytes that arrived?
Task<Result<PutOutcome>> SettleCopy(ObjectStore& to, ObjectPath to_path, ObjectDigest sent, size_t buffer_bytes) {
  const Hashing hashing = sent.sha256.empty() ? Hashing::kCrc64 : Hashing::kSha256;
  Result<ObjectDigest> found = co_await DigestOf(to, to_path, buffer_bytes, hashing);
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

Task<Result<ObjectDigest>> DigestOf(ObjectReader& reader, size_t buffer_bytes, Hashing hashing) {
  std::vector<char> buffer(buffer_bytes);
  Digester digester(hashing);
  while (digester.size() < reader.size_bytes()) {
    LF_CO_TRY(const size_t got, co_await reader.Read(buffer));
    if (got == 0) break;
    digester.Update(std::span(buffer).first(got));
  }
  co_return digester.Finish();
}

Task<Result<ObjectDigest>> DigestOf(ObjectStore& store, ObjectPath path, size_t buffer_bytes, Hashing hashing) {
  LF_CO_TRY(const std::unique_ptr<ObjectReader> reader, co_await store.OpenRead(path));
  ObjectReader& opened = *reader;
  co_return co_await DigestOf(opened, buffer_bytes, hashing);
}

Task<Result<Copied>> CopyObject(ObjectStore& from, ObjectPath from_path, ObjectStore& to, ObjectPath to_path,
                                Expected expected, size_t buffer_bytes, std::optional<TimeMs> modified) {
  LF_CO_TRY(const std::unique_ptr<ObjectReader> reader, co_await from.OpenRead(from_path));
  LF_CO_TRY(const std::unique_ptr<ObjectWriter> writer, co_await to.OpenWrite(to_path));
  std::vector<char> buffer(std::min<size_t>(buffer_bytes, static_cast<size_t>(reader->size_bytes()) + 1));
  Digester digester(expected.hashing);
  // No look for more behind the end: of a small object that is as dear as reading it.
  while (digester.size() < reader->size_bytes()) {
    LF_CO_TRY(const size_t got, co_await reader->Read(buffer));
    if (got == 0) break;
    const std::span<const char> piece = std::span(buffer).first(got);
    digester.Update(piece);
    LF_CO_TRY_OK(co_await writer->Write(piece));
  }
  const ObjectDigest digest = digester.Finish();
  LF_CO_TRY_OK(CheckExpected(digest, expected, from_path));
  Copied copied{.digest = digest};
  if (modified) {
    LF_CO_TRY(copied.time_refused, co_await SetTime(*writer, *modified));
  }
  Result<PutOutcome> outcome = co_await writer->CommitIfAbsent();
  const bool unknown = !outcome && outcome.error().code == ErrorCode::kOutcomeUnknown;
  if (unknown) outcome = co_await SettleCopy(to, to_path, digest, buffer_bytes);
  LF_CO_TRY(copied.outcome, outcome);
  co_return copied;
}

Task<Result<PutOutcome>> PutSettled(ObjectStore& store, ObjectPath path, std::string bytes) {
  Result<PutOutcome> outcome = co_await store.PutIfAbsent(path, bytes);
  const bool unknown = !outcome && outcome.error().code == ErrorCode::kOutcomeUnknown;
  if (!unknown && (!outcome || *outcome == PutOutcome::kCreated)) co_return outcome;
  Result<std::string> found = co_await store.Get(path, bytes.size() + 1);
  if (found && *found == bytes) co_return PutOutcome::kCreated;
  if (found || found.error().code == ErrorCode::kCorruptData) co_return PutOutcome::kExisted;
  if (found.error().code != ErrorCode::kNotFound) co_return std::unexpected(found.error());
  co_return Fail(ErrorCode::kUnavailable, "the write was lost on its way", path.text());
}

}  // namespace lakeferry::engine
