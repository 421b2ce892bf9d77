// What a receipt must say to count, case by case.
#include "plan/rules/receipt_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace lakeferry::plan {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kManifestSha(64, 'a');

GroupSpec Group() {
  GroupSpec spec;
  spec.name = "orders";
  spec.tables.Edit().push_back({.name = "a", .source_uri = "file:///west/a", .target_uri = "file:///east/a"});
  spec.tables.Edit().push_back({.name = "b", .source_uri = "file:///west/b", .target_uri = "file:///east/b"});
  return spec;
}

Manifest Staged() {
  Manifest manifest{.group = "orders", .epoch = Epoch(3)};
  manifest.tables.push_back({.name = "a", .source_version = Version(5), .parts = {}});
  manifest.tables.push_back({.name = "b", .source_version = Version(6), .parts = {}});
  return manifest;
}

Receipt Good() {
  Receipt receipt{.group = "orders", .epoch = Epoch(3), .manifest_sha256 = kManifestSha};
  receipt.tables.push_back({.name = "a",
                            .source_version = Version(5),
                            .replica_version = Version(2),
                            .live_set = {},
                            .target = "file:///east/a"});
  receipt.tables.push_back({.name = "b",
                            .source_version = Version(6),
                            .replica_version = Version(2),
                            .live_set = {},
                            .target = "file:///east/b"});
  return receipt;
}

struct ReceiptCase {
  std::string name;
  std::function<void(Receipt&)> forge;
  std::string said;
};

class ForgedReceipt : public testing::TestWithParam<ReceiptCase> {};

TEST_P(ForgedReceipt, DoesNotCount) {
  Receipt receipt = Good();
  GetParam().forge(receipt);
  EXPECT_THAT(FlawOf(receipt, Staged(), kManifestSha, Group()), HasSubstr(GetParam().said));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, ForgedReceipt,
    testing::Values(
        ReceiptCase{"OfAnotherManifest", [](Receipt& r) { r.manifest_sha256[0] = 'b'; }, "answers another manifest"},
        ReceiptCase{"RefusalOfAnotherManifest",
                    [](Receipt& r) {
                      r.manifest_sha256[0] = 'b';
                      r.applied = false;
                    },
                    "answers another manifest"},
        ReceiptCase{"WithoutATable", [](Receipt& r) { r.tables.pop_back(); }, "does not speak for table 'b'"},
        ReceiptCase{"OfNoTable", [](Receipt& r) { r.tables.clear(); }, "does not speak for table 'a'"},
        ReceiptCase{"OfAnotherVersion", [](Receipt& r) { r.tables[1].source_version = Version(5); },
                    "says version 5 of table 'b'"},
        ReceiptCase{"WithoutItsVersion", [](Receipt& r) { r.tables[0].replica_version.reset(); },
                    "where table 'a' was left"},
        ReceiptCase{"WithoutATarget", [](Receipt& r) { r.tables[0].target.clear(); }, "where table 'a' was left"},
        ReceiptCase{"OfOneTableMore",
                    [](Receipt& r) {
                      r.tables.push_back(r.tables[0]);
                      r.tables[2].name = "c";
                    },
                    "tables that the epoch does not have"},
        ReceiptCase{"OfAnotherTarget", [](Receipt& r) { r.tables[1].target = "file:///north/b"; },
                    "speaks for table 'b' at file:///north/b, and its target here is file:///east/b"}),
    [](const auto& info) { return info.param.name; });

TEST(ReceiptRules, WhatAnswersTheManifestCounts) {
  EXPECT_THAT(FlawOf(Good(), Staged(), kManifestSha, Group()), IsEmpty());
  Receipt refusal = Good();
  refusal.applied = false;
  refusal.tables.clear();
  EXPECT_THAT(FlawOf(refusal, Staged(), kManifestSha, Group()), IsEmpty()) << "it need not say where tables were left";
}

TEST(ReceiptRules, TargetOfATableThatIsNotConfiguredIsNotAskedFor) {
  GroupSpec spec = Group();
  spec.tables.Edit().pop_back();
  Receipt receipt = Good();
  receipt.tables[1].target = "file:///north/b";
  EXPECT_THAT(FlawOf(receipt, Staged(), kManifestSha, spec), IsEmpty());
}

TEST(ReceiptRules, ReceiptWithoutAManifestIsNamedByWhatIsThere) {
  EXPECT_EQ(FlawWithoutManifest(Epoch(2), Epoch(3)), "the epoch has no manifest");
  EXPECT_EQ(FlawWithoutManifest(Epoch(int64_t{1} << 62), Epoch(3)), "no such epoch was staged, the newest is 3");
}

TEST(ReceiptRules, ATargetThatTheReceiversCatalogTellsMayLieAnywhere) {
  GroupSpec spec = Group();
  spec.tables.Edit()[0].target_uri.clear();
  EXPECT_THAT(FlawOf(Good(), Staged(), kManifestSha, spec), HasSubstr("table 'a'"));
  spec.tables.Edit()[0].target_by_catalog = true;
  EXPECT_THAT(FlawOf(Good(), Staged(), kManifestSha, spec), IsEmpty());
  spec.tables.Edit()[0].target_uri = "file:///else";
  EXPECT_THAT(FlawOf(Good(), Staged(), kManifestSha, spec), HasSubstr("its target here is file:///else"));
}

}  // namespace
}  // namespace lakeferry::plan
