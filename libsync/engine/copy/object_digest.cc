#include "engine/copy/object_digest.h"

#include <algorithm>
#include <memory>

namespace lakeferry::engine {

Hashing HashingOf(const plan::StagedFile& file) { return file.sha256.empty() ? Hashing::kCrc64 : Hashing::kSha256; }

bool IsWhatLeft(const ObjectDigest& digest, const plan::StagedFile& file) {
  return digest == ObjectDigest{.size = file.size, .crc64 = file.crc64, .sha256 = file.sha256};
}

void Digester::Update(std::span<const char> piece) {
  crc64_.Update(piece);
  if (sha256_) sha256_->Update({piece.data(), piece.size()});
  size_ += static_cast<int64_t>(piece.size());
}

void Digester::Update(std::span<const char> piece, uint64_t crc64) {
  crc64_ = Crc64(Crc64OfBoth(crc64_.value(), crc64, piece.size()));
  if (sha256_) sha256_->Update({piece.data(), piece.size()});
  size_ += static_cast<int64_t>(piece.size());
}

ObjectDigest Digester::Finish() {
  return {.size = size_, .crc64 = crc64_.value(), .sha256 = sha256_ ? sha256_->FinishHex() : std::string()};
}

Task<Result<ObjectDigest>> DigestOf(Call call, OpenObject& object, size_t buffer_bytes, Hashing hashing) {
  Buffer buffer(std::min(buffer_bytes, static_cast<size_t>(object.size_bytes())));
  Digester digester(hashing);
  // No look for more behind the end: of a small object that is as dear as reading it.
  while (digester.size() < object.size_bytes()) {
    LF_CO_TRY(const size_t got, co_await object.Read(call, digester.size(), buffer.room()));
    if (got == 0) break;
    digester.Update(buffer.room().first(got));
  }
  co_return digester.Finish();
}

Task<Result<ObjectDigest>> DigestOf(Call call, ObjectStore& store, ObjectPath path, size_t buffer_bytes,
                                    Hashing hashing) {
  LF_CO_TRY(const std::unique_ptr<OpenObject> object, co_await store.Open(call, path));
  OpenObject& opened = *object;
  co_return co_await DigestOf(call, opened, buffer_bytes, hashing);
}

}  // namespace lakeferry::engine
