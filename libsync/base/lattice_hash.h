// LatticeHash: the hash of a set that takes an element in or out in constant time, in any order: LtHash of 1,024 lanes
// of 16 bits (Bellare and Micciancio; Lewi, Kim, Maykov and Weis, "Securing Update Propagation with Homomorphic
// Hashing"). Each element becomes 2,048 bytes, AES-256 in counter mode under the SHA-256 of the element; lanes are
// added modulo 2^16. It is the same in every process and on every machine. To find two sets of one hash is a
// short-vector problem beyond 200 bits of work.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lakeferry {

class LatticeHash {
 public:
  static constexpr size_t kLanes = 1024;
  static constexpr size_t kBytes = kLanes * 2;

  LatticeHash() = default;
  LatticeHash(const LatticeHash& other) : lanes_(other.lanes_ ? std::make_unique<Lanes>(*other.lanes_) : nullptr) {}
  LatticeHash& operator=(const LatticeHash& other) {
    *this = LatticeHash(other);
    return *this;
  }
  // What is moved from is the empty set's.
  LatticeHash(LatticeHash&&) noexcept = default;
  LatticeHash& operator=(LatticeHash&&) noexcept = default;
  ~LatticeHash() = default;

  // An element in, or out again. Nobody checks that it was in: in whatever order, both come to nothing.
  void Add(std::string_view element);
  void Subtract(std::string_view element);

  // The lanes, each little-endian, in base64; the empty set's are all zero.
  [[nodiscard]] std::string ToBase64() const;
  // Absent for text that ToBase64 does not give.
  [[nodiscard]] static std::optional<LatticeHash> FromBase64(std::string_view text);

  bool operator==(const LatticeHash& other) const { return lanes() == other.lanes(); }

 private:
  using Lanes = std::array<uint16_t, kLanes>;

  [[nodiscard]] const Lanes& lanes() const;
  [[nodiscard]] Lanes& own_lanes();

  // Null while all are zero: of ten thousand tables a set is mentioned in many places, and held in few.
  std::unique_ptr<Lanes> lanes_;
};

}  // namespace lakeferry
