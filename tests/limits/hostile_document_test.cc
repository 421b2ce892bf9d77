// Manifests, receipts and parts as somebody else may write them: an error, or what they say, and memory that leaves
// room for a process within 256 MiB.
#include <fmt/format.h>

#include "delta/commit_json.h"
#include "plan/document/document_sizes.h"
#include "plan/document/manifest.h"
#include "plan/document/receipt.h"
#include "tests/limits/measured.h"

namespace lakeferry::plan {
namespace {

// A service takes some 50 MiB when it is idle.
constexpr int64_t kPeakMib = 256 - 50;

// `before`, as many times `piece` as a document may have, `after`.
std::string Longest(std::string_view before, std::string_view piece, std::string_view after, size_t bytes) {
  std::string text(before);
  text.reserve(bytes);
  while (text.size() + piece.size() + after.size() <= bytes) text += piece;
  text += after;
  return text;
}

// The forms of JSON that take the most memory, each where something is read of it and where nothing is.
struct Form {
  std::string_view before, piece, after;
};
constexpr Form kForms[] = {
    {R"({"x":[0)", ",0", "]}"},       {R"({"x":[[])", ",[]", "]}"},      {R"({"x":[{})", ",{}", "]}"},
    {R"({"x":"")", R"(,"":"")", "}"}, {R"({"tables":[{})", ",{}", "]}"}, {R"({"restage_whole":[""])", R"(,"")", "]}"},
};

void ExpectWithinMemory(const Measured& measured) {
  EXPECT_TRUE(measured.ended);
  EXPECT_TRUE(measured.refused);
  EXPECT_LE(measured.peak_mib, kPeakMib) << measured.error;
  EXPECT_LT(measured.seconds, 30);
}

TEST(HostileDocument, LongestManifestsAndReceiptsStayWithinMemory) {
  int64_t peak_mib = 0;
  for (const Form& form : kForms) {
    SCOPED_TRACE(form.before);
    const auto make = [&] { return Longest(form.before, form.piece, form.after, kManifestBytesMax); };
    const auto manifest = [](const std::string& text) -> Status {
      LF_TRY_OK(ReadManifest(text, "manifest"));
      return {};
    };
    const auto receipt = [](const std::string& text) -> Status {
      LF_TRY_OK(ReadReceipt(text, "receipt"));
      return {};
    };
    const Measured as_manifest = Measure(make, manifest);
    const Measured as_receipt = Measure(make, receipt);
    ExpectWithinMemory(as_manifest);
    ExpectWithinMemory(as_receipt);
    peak_mib = std::max({peak_mib, as_manifest.peak_mib, as_receipt.peak_mib});
  }
  RecordProperty("peak_mib", std::to_string(peak_mib));
}

constexpr std::string_view kHeader =
    R"({"format":2,"kind":"epoch","workspace":"w","region":"r","group":"g","staging":"s","epoch":1,"generation":1,)"
    R"("mode":"clone",)"
    R"("cut_time_ms":1,"atomic":true,"evidence":{"by":"time","margin_ms":0,"unexplained":[]},"created_ms":1,)"
    R"("base_epoch":0,"previous_epoch":0,"previous_sha256":"","run_ids":[)";

TEST(HostileDocument, ManifestWithAsManyRunsAsThereIsRoomForIsRefused) {
  const auto make = [] {
    return Longest(std::string(kHeader) + "\"\"", R"(,"")", R"(],"tables":[]})", kManifestBytesMax);
  };
  const Measured measured = Measure(make, [](const std::string& text) -> Status {
    LF_TRY_OK(ReadManifest(text, "manifest"));
    return {};
  });
  ExpectWithinMemory(measured);
  EXPECT_THAT(measured.error, testing::HasSubstr("'run_ids'"));
}

TEST(HostileDocument, LongestPartsStayWithinMemory) {
  constexpr std::string_view kAdd =
      R"({"add":{"path":"a","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true}})";
  const std::string lines = std::string(kAdd) + "\n";
  const std::string file = R"({"file":{"path":"a","size":1,"crc64":"0000000000000001","staged":"b"}})"
                           "\n";
  const std::string blank = R"({"file":[0)";
  const Form forms[] = {{"", lines, ""}, {"", file, ""}, {blank, ",0", "]}\n"}, {R"({"x":[0)", ",0", "]}\n"}};
  for (const Form& form : forms) {
    SCOPED_TRACE(form.piece);
    const Measured measured = Measure([&] { return Longest(form.before, form.piece, form.after, kPartBytesMax); },
                                      [](const std::string& text) -> Status {
                                        PartSink none;
                                        return ReadPart(text, "part", none);
                                      });
    EXPECT_TRUE(measured.ended);
    EXPECT_LE(measured.peak_mib, kPeakMib) << measured.error;
  }
}

}  // namespace
}  // namespace lakeferry::plan
