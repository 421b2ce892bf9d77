#include "plan/rules/object_ledger.h"

#include <string_view>

namespace lakeferry::plan {

ObjectLedger::Entry& ObjectLedger::At(const ObjectPath& object) {
  const delta::FileHash hash = delta::HashObject(object.text(), seed_);
  Entry& entry = entries_.SlotOf(hash);
  entry.high = hash.high;
  entry.low = hash.low;
  return entry;
}

uint32_t ObjectLedger::SizeBits(int64_t size) const {
  const std::string_view bytes(reinterpret_cast<const char*>(&size), sizeof size);
  return static_cast<uint32_t>(delta::HashText(bytes, seed_)) & ~kFlags;
}

void ObjectLedger::Name(const ObjectPath& object, std::optional<int64_t> size) {
  Entry& entry = At(object);
  if ((entry.bits & kNamed) == 0) ++missing_;
  entry.bits |= kNamed;
  if (!size) return;
  if ((entry.bits & kSized) == 0) {
    entry.bits |= kSized | SizeBits(*size);
  } else if ((entry.bits & ~kFlags) != SizeBits(*size)) {
    entry.bits |= kManySizes;
  }
}

bool ObjectLedger::NoteFile(const ObjectPath& object) {
  Entry& entry = At(object);
  const bool is_new = (entry.bits & kFile) == 0;
  entry.bits |= kFile;
  return is_new;
}

bool ObjectLedger::BringUnasked(const ObjectPath& object) {
  Entry& entry = At(object);
  const bool is_new = (entry.bits & kBrought) == 0;
  entry.bits |= kBrought;
  return is_new;
}

bool ObjectLedger::Has(const ObjectPath& object) const {
  const Entry* const entry = entries_.Find(delta::HashObject(object.text(), seed_));
  return entry != nullptr && (entry->bits & (kBrought | kPresent)) != 0;
}

ObjectLedger::Fit ObjectLedger::Supply(const ObjectPath& object, int64_t size, uint32_t how) {
  Entry& entry = At(object);
  const uint32_t before = entry.bits;
  entry.bits |= how;
  if ((before & how & kBrought) != 0) return Fit::kRepeated;
  if ((before & kNamed) == 0) return Fit::kUnnamed;
  if ((before & (kBrought | kPresent)) == 0) --missing_;
  const bool size_counts = (before & kSized) != 0 && (before & kManySizes) == 0;
  return size_counts && (before & ~kFlags) != SizeBits(size) ? Fit::kOtherSize : Fit::kGood;
}

}  // namespace lakeferry::plan
