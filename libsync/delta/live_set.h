// LiveSet: what the live files of a table at one version come to, in constant size. A file is put in or taken out in
// constant time and in any order, so that a change of the table costs what it names; two sets are equal iff they hold
// the same files (base/lattice_hash.h).
//
// A file is its path, as NormalisePath leaves it and before a clone gave it another name (delta/reused_name.h), the
// unique id of its deletion vector, and its size: what names it, which of its rows count, and whether a name holds what
// it held. The rest of an add is left out on purpose (docs/design.md): a `remove` may lack it, or tell it otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/lattice_hash.h"
#include "base/result.h"
#include "delta/action.h"

namespace lakeferry::delta {

class LiveSet {
 public:
  // A file in, or out again. Nobody checks that it was in. kInvalidArgument for a path without a key, as FileKey.
  Status Add(std::string_view path, const std::optional<DeletionVector>& vector, int64_t size);
  Status Add(const AddFile& add) { return Add(add.path, add.deletion_vector, add.size); }
  Status Remove(std::string_view path, const std::optional<DeletionVector>& vector, int64_t size);

  [[nodiscard]] int64_t files() const { return files_; }
  [[nodiscard]] int64_t bytes() const { return bytes_; }
  [[nodiscard]] const LatticeHash& hash() const { return hash_; }
  // The same set again, from its three parts; absent for text that is no hash.
  [[nodiscard]] static std::optional<LiveSet> Of(int64_t files, int64_t bytes, std::string_view base64);

  // The SHA-256 of all three, in hex: what stands for the set where it has to be short.
  [[nodiscard]] std::string Fingerprint() const;

  bool operator==(const LiveSet&) const = default;

 private:
  void Count(int64_t files, int64_t size);

  int64_t files_ = 0;
  int64_t bytes_ = 0;
  LatticeHash hash_;
};

// "12 files of 4096 bytes (live set 1f2e3d4c)", for people.
[[nodiscard]] std::string ToString(const LiveSet& set);

}  // namespace lakeferry::delta
