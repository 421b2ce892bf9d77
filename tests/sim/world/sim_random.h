// SimRandom: the one source of chance of a simulation. Split by purpose, so that a draw more in one place changes
// nothing in another.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "env/random.h"

namespace lakeferry::sim {

// SplitMix64 (Steele, Lea, Flood 2014).
class SimRandom : public Random {
 public:
  explicit SimRandom(uint64_t seed) : state_(seed) {}

  [[nodiscard]] uint64_t Next() override {
    state_ += 0x9e3779b97f4a7c15ULL;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  // A generator of its own for `purpose`, whatever was drawn here.
  [[nodiscard]] static SimRandom For(uint64_t seed, std::string_view purpose) {
    uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : purpose) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    SimRandom mixed(seed ^ hash);
    return SimRandom(mixed.Next());
  }

  // 0 … bound - 1; `bound` at least 1.
  int64_t Below(int64_t bound) { return static_cast<int64_t>(Next() % static_cast<uint64_t>(bound)); }
  // Both ends included.
  int64_t Between(int64_t low, int64_t high) { return low + Below(high - low + 1); }
  bool PerMille(int64_t chance) { return Below(1'000) < chance; }
  bool Percent(int64_t chance) { return Below(100) < chance; }
  template <typename T>
  const T& Pick(const std::vector<T>& from) {
    return from[static_cast<size_t>(Below(static_cast<int64_t>(from.size())))];
  }
  template <typename T>
  void Shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[static_cast<size_t>(Below(static_cast<int64_t>(i)))]);
    }
  }

 private:
  uint64_t state_;
};

}  // namespace lakeferry::sim
