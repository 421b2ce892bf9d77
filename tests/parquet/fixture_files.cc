#include "tests/parquet/fixture_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "base/check.h"

namespace lakeferry::parquet {

std::string FixtureBytes(const std::string& file) {
  std::ifstream in(std::filesystem::path(LAKEFERRY_CHECKPOINTS) / file, std::ios::binary);
  LF_CHECK(in.is_open(), "the fixture is part of the source tree");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> CheckpointNames() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(LAKEFERRY_CHECKPOINTS)) {
    if (entry.path().extension() == ".parquet") names.push_back(entry.path().stem());
  }
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> ExpectedLines(const std::string& name) {
  std::istringstream in(FixtureBytes(name + ".expected"));
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::ranges::sort(lines);  // by bytes, whatever the writer sorted by
  return lines;
}

}  // namespace lakeferry::parquet
