// Runs what the store of the environment is to keep (tests/servers/run), but for what it is known not to.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/storage/object_store_contract.h"

namespace {

struct Deviation {
  std::string_view tests;  // as --gtest_filter has it
  std::string_view why;
};

constexpr std::string_view kSparse = "S3SparseObjects.*";
constexpr std::string_view kNoSparse = "it has no objects that take no room";
constexpr std::string_view kThousands = "it takes minutes for thousands of objects";

const std::map<std::string_view, std::vector<Deviation>> kDeviations = {
    {"seaweedfs",
     {{kSparse, kNoSparse},
      {"*.ListShowsNoFolderWhoseLastObjectWasDeleted/*", "it lists folders that have become empty"},
      {"*.DeleteTakesABatchOfNamesWhereverTheyLie/*", "it lists folders that have become empty"},
      {"*.NamesAreBytesAsTheyAre/*", "it takes a backslash for a slash"},
      {"*.Recursive*/by_parts", "the same with copies on condition"},
      {"*.MoreNamesThanABatchTakes*/by_parts", "the same with copies on condition"}}},
    {"versitygw",
     {{kSparse, kNoSparse},
      {"*/on_condition", "it overlooks the condition of CopyObject"},
      {"*.TouchMakesAnObjectOfNow*", "a copy onto itself keeps its time"},
      {"*.Recursive*", kThousands},
      {"*.ListShowsAllObjectsHoweverMany/*", kThousands},
      {"*.MoreNamesThanABatchTakes*", kThousands}}},
    {"fake-gcs",
     {{kSparse, kNoSparse},
      {"*.Recursive*", kThousands},
      {"*.ListShowsAllObjectsHoweverMany/*", kThousands},
      {"*.MoreNamesThanABatchTakes*", kThousands}}},
    {"azurite",
     {{kSparse, kNoSparse},
      {"*.WriterDestroyedWithoutCommitLeavesNothing/*", "it takes the blocks of an unfinished upload for a blob"},
      {"*.NameThatIsTakenMeanwhileIsNotReplaced/*", "the same: nothing else can be created beside them"},
      {"*.NamesAreBytesAsTheyAre/*", "Azure takes a backslash for a slash, and such names are refused"},
      {"*.Recursive*", kThousands},
      {"*.ListShowsAllObjectsHoweverMany/*", kThousands},
      {"*.MoreNamesThanABatchTakes*", kThousands}}},
};

// Which stores speak what a suite is over: the others' tests are not run.
const std::map<std::string_view, std::string_view> kSuites = {
    {"seaweedfs", "S3"}, {"versitygw", "S3"}, {"bench-store", "S3"}, {"azurite", "Azure"}, {"fake-gcs", "Gcs"}};

}  // namespace

int main(int count, char** words) {
  testing::InitGoogleTest(&count, words);
  const char* store = std::getenv("LAKEFERRY_TEST_STORE");
  if (store == nullptr) {
    fmt::print(stderr, "no store: run it as tests/servers/run STORE -- {}\n", words[0]);
    return 125;
  }
  std::string filter = testing::GTEST_FLAG(filter);
  const auto suite = kSuites.find(store);
  for (const std::string_view other : {"S3", "Azure", "Gcs"}) {
    if (suite == kSuites.end() || suite->second == other) continue;
    filter += fmt::format("{0}{1}/*:{1}Probe.*", filter.contains('-') ? ":" : "-", other);
  }
  const auto known = kDeviations.find(store);
  if (known != kDeviations.end()) {
    for (const Deviation& one : known->second) {
      fmt::print("{} is left out for {}: {}\n", one.tests, store, one.why);
      filter += fmt::format("{}{}", filter.contains('-') ? ":" : "-", one.tests);
    }
  }
  testing::GTEST_FLAG(filter) = filter;
  return RUN_ALL_TESTS();
}
