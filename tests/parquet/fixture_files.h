// The checkpoint files of real engines under tests/fixtures/checkpoints.
#pragma once

#include <string>
#include <vector>

namespace lakeferry::parquet {

// The bytes of a fixture; the test ends if there is none of the name.
[[nodiscard]] std::string FixtureBytes(const std::string& file);

// The names of the Parquet fixtures without the extension, sorted.
[[nodiscard]] std::vector<std::string> CheckpointNames();

// The lines of NAME.expected.
[[nodiscard]] std::vector<std::string> ExpectedLines(const std::string& name);

}  // namespace lakeferry::parquet
