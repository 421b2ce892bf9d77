#include "delta/file_fingerprints.h"

#include <string>

#include "delta/commit_json.h"

namespace lakeferry::delta {
namespace {

// Of all that the add says but dataChange, which is a matter of its commit. Never 0.
uint64_t ContentHash(const AddFile& add, uint64_t seed) {
  AddFile plain = add;
  plain.data_change = true;
  const uint64_t hash = HashText(ToLine(plain), seed);
  return hash == 0 ? 1 : hash;
}

uint32_t Half(uint64_t value, int half) { return static_cast<uint32_t>(value >> (32 * half)); }

}  // namespace

Status FileFingerprints::Add(const AddFile& add) {
  LF_TRY(const HashedFile file, HashFile(add.path, add.deletion_vector, seed_));
  const uint64_t content = ContentHash(add, seed_);
  files_.Place(file.key) = {.high = {Half(file.key.high, 0), Half(file.key.high, 1)},
                            .low_and_taken = file.key.low << 1,
                            .content = {Half(content, 0), Half(content, 1)}};
  return {};
}

Result<FileFingerprints::Match> FileFingerprints::Take(const AddFile& add) {
  LF_TRY(const HashedFile file, HashFile(add.path, add.deletion_vector, seed_));
  Entry* const entry = files_.Find(file.key);
  if (entry == nullptr) return Match::kAbsent;
  entry->low_and_taken |= 1U;
  return entry->Holds(ContentHash(add, seed_)) ? Match::kSame : Match::kOther;
}

Result<bool> FileFingerprints::IsTaken(const AddFile& add) const {
  LF_TRY(const HashedFile file, HashFile(add.path, add.deletion_vector, seed_));
  const Entry* const entry = files_.Find(file.key);
  return entry != nullptr && (entry->low_and_taken & 1U) != 0;
}

}  // namespace lakeferry::delta
