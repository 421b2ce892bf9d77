// What a manifest says of the size of a part, which is read whole.
#include <fmt/format.h>

#include <string>

#include "plan/document/document_sizes.h"
#include "plan/document/manifest.h"
#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan {
namespace {

using delta::FailedWith;
using delta::Succeeded;

std::string WithPartOf(int64_t bytes) {
  Manifest manifest;
  manifest.group = "orders";
  manifest.epoch = Epoch(1);
  manifest.tables.push_back({.name = "t", .parts = {{.sha256 = std::string(64, 'a'), .bytes = bytes, .lines = 1}}});
  return WriteManifest(manifest);
}

TEST(PartEntry, HasTheSizeOfAPartAtMost) {
  constexpr auto kMax = static_cast<int64_t>(kPartBytesMax);
  EXPECT_THAT(ReadManifest(WithPartOf(kMax), "here"), Succeeded());
  EXPECT_THAT(ReadManifest(WithPartOf(kMax + 1), "here"),
              FailedWith(ErrorCode::kCorruptLog, fmt::format("a part is said to have {} bytes", kMax + 1)));
}

}  // namespace
}  // namespace lakeferry::plan
