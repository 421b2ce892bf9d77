#include "delta/file_fingerprints.h"

#include <string>

#include "delta/commit_json.h"

namespace lakeferry::delta {
namespace {

// Of all that the add says but dataChange, which is a matter of its commit.
uint64_t ContentHash(const AddFile& add, uint64_t seed) {
  AddFile plain = add;
  plain.data_change = true;
  return HashText(ToLine(plain), seed);
}

uint32_t Half(uint64_t value, int half) { return static_cast<uint32_t>(value >> (32 * half)); }

}  // namespace

Status FileFingerprints::Add(const AddFile& add) {
  LF_TRY(const FileHash file, HashFile(add.path, add.deletion_vector, seed_));
  const uint64_t content = ContentHash(add, seed_);
  files_.SlotOf(file) = {.high = {Half(file.high, 0), Half(file.high, 1)},
                         .low = file.low,
                         .content_high = Half(content, 1),
                         .content_low_and_flags = (Half(content, 0) & ~kFlags) | kThere};
  return {};
}

Result<FileFingerprints::Match> FileFingerprints::Take(const AddFile& add) {
  LF_TRY(const FileHash file, HashFile(add.path, add.deletion_vector, seed_));
  Entry* const entry = files_.Find(file);
  if (entry == nullptr) return Match::kAbsent;
  entry->content_low_and_flags |= kTaken;
  return entry->Holds(ContentHash(add, seed_)) ? Match::kSame : Match::kOther;
}

Result<bool> FileFingerprints::IsTaken(const AddFile& add) const {
  LF_TRY(const FileHash file, HashFile(add.path, add.deletion_vector, seed_));
  const Entry* const entry = files_.Find(file);
  return entry != nullptr && entry->taken();
}

}  // namespace lakeferry::delta
