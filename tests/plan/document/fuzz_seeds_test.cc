// What the fuzzers of documents begin with is read as what it is: from anything else they would not come past the first
// field.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "plan/document/manifest.h"
#include "plan/document/receipt.h"
#include "plan/document/signed_document.h"
#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan {
namespace {

std::string Seed(const std::string& name) {
  std::ifstream file(std::filesystem::path(LAKEFERRY_FUZZ_SEEDS) / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(FuzzSeeds, DocumentsAreReadToTheirEnd) {
  EXPECT_THAT(ReadManifest(Seed("manifest_fuzz/manifest"), "seed"), delta::Succeeded());
  EXPECT_THAT(ReadReceipt(Seed("manifest_fuzz/receipt"), "seed"), delta::Succeeded());
  for (const auto* part : {"part", "part_of_a_clone", "part_of_a_mirror"}) {
    PartSink sink;
    EXPECT_THAT(ReadPart(Seed(std::string("manifest_fuzz/") + part), "seed", sink), delta::Succeeded()) << part;
  }
  for (const auto* receipt : {"signed", "unsigned"}) {
    const std::string text = Seed(std::string("receipt_fuzz/") + receipt);
    const auto document = ReadDocument(text, "seed");
    ASSERT_THAT(document, delta::Succeeded()) << receipt;
    EXPECT_EQ(document->signatures.empty(), receipt == std::string_view("unsigned"));
    EXPECT_THAT(ReadReceipt(document->body, "seed"), delta::Succeeded()) << receipt;
  }
}

}  // namespace
}  // namespace lakeferry::plan
