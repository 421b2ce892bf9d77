// ObjectLedger: which objects of a table the actions of an epoch name, and which of them it brings or says to be there
// already. It keeps 16 bytes an object, so that a table of ten million files fits. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "base/object_path.h"
#include "delta/hash_shards.h"

namespace lakeferry::plan {

class ObjectLedger {
 public:
  // `seed`: drawn by the process, so that no writer of a manifest can make two objects look like one.
  explicit ObjectLedger(uint64_t seed) : seed_(seed) {}

  // How a record agrees with those before it.
  enum class Fit {
    kGood,
    kRepeated,   // the same was said before
    kUnnamed,    // no action names the object
    kOtherSize,  // the actions that name it tell another size
  };

  // An action names the object, a data file of `size`; a deletion vector does not tell the size of its object.
  void Name(const ObjectPath& object, std::optional<int64_t> size);
  // That a file is added, or removed, whose path in the log is the object's name itself and that has no vector. False
  // where it was said before. Such a file needs no other memory.
  [[nodiscard]] bool NoteFile(const ObjectPath& object);

  // A record that brings the object, once; one that says that it is there, as often as it likes.
  [[nodiscard]] Fit Bring(const ObjectPath& object, int64_t size) { return Supply(object, size, kBrought); }
  [[nodiscard]] Fit SayPresent(const ObjectPath& object, int64_t size) { return Supply(object, size, kPresent); }
  // The same where it is not known yet which objects are named. False where it was brought before.
  [[nodiscard]] bool BringUnasked(const ObjectPath& object);

  // Whether the object was brought or said to be there.
  [[nodiscard]] bool Has(const ObjectPath& object) const;
  // How many that are named were not.
  [[nodiscard]] int64_t missing() const { return missing_; }

 private:
  struct Entry {
    uint64_t high = 0;
    uint32_t low = 0;
    // The lowest bits are flags. The others stand for the size that was told: two sizes pass for one once in 2^26
    // times.
    uint32_t bits = 0;

    [[nodiscard]] bool empty() const { return bits == 0; }
    [[nodiscard]] bool Is(const delta::FileHash& file) const { return high == file.high && low == file.low; }
    [[nodiscard]] uint64_t hash_high() const { return high; }
  };
  static constexpr uint32_t kNamed = 1;
  static constexpr uint32_t kSized = 2;      // the size counts
  static constexpr uint32_t kManySizes = 4;  // two were told: none counts
  static constexpr uint32_t kBrought = 8;
  static constexpr uint32_t kPresent = 16;
  static constexpr uint32_t kFile = 32;
  static constexpr uint32_t kFlags = 63;

  Entry& At(const ObjectPath& object);
  [[nodiscard]] uint32_t SizeBits(int64_t size) const;
  Fit Supply(const ObjectPath& object, int64_t size, uint32_t how);

  uint64_t seed_;
  delta::HashShards<Entry> entries_;
  int64_t missing_ = 0;
};

}  // namespace lakeferry::plan
