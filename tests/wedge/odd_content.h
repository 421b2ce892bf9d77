// OddContent: what a source may hold that no engine wrote: actions with numbers, names, paths, vectors and texts at or
// beyond their bounds, torn and mended lines, runs and tables with odd names. Drawn from a seed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/engine/world.h"
#include "tests/sim/world/sim_random.h"

namespace lakeferry::engine {

class OddContent {
 public:
  // Every life has its own share of what is odd, so that some of it is taken.
  explicit OddContent(uint64_t seed)
      : random_(seed), odd_percent_(random_.Percent(70) ? random_.Between(0, 12) : 100) {}

  // Some lines of a commit of the table; files that they name may be written, or not.
  std::vector<std::string> Lines(TestTable& table);
  std::string RunId();
  // One that a configuration may have.
  std::string TableName();
  // Whether something happens that does so in so many of a hundred.
  bool Percent(int64_t chance) { return random_.Percent(chance); }
  int64_t Below(int64_t bound) { return random_.Below(bound); }

 private:
  using Texts = std::vector<std::string>;
  const std::string& Pick(const Texts& texts) { return texts[static_cast<size_t>(random_.Below(std::ssize(texts)))]; }
  std::string Number();
  std::string Path();
  bool Odd() { return random_.Percent(odd_percent_); }
  std::string Vector(TestTable& table);
  std::string Map();
  std::string Text();
  std::string Giant();
  std::string Line(TestTable& table);
  std::string FileLine(TestTable& table, std::string_view kind);
  // The fields of an action, some left out, some twice, some of another type.
  std::string Fields(const Texts& fields);
  std::string Damaged(std::string line);

  sim::SimRandom random_;
  int64_t odd_percent_;
};

}  // namespace lakeferry::engine
