// Hostile commits, hints and listings: an error, or what they say, within 256 MiB beyond their own bytes.
#include <fmt/format.h>

#include "base/check.h"
#include "delta/checkpoint_hint.h"
#include "delta/line_mender.h"
#include "delta/log_replay.h"
#include "delta/log_segment.h"
#include "tests/limits/measured.h"

namespace lakeferry::delta {
namespace {

constexpr int64_t kPeakMib = 256;
constexpr size_t kMib = size_t{1} << 20;

Status ApplyAsCommit(const std::string& text) {
  FileTotals files;
  LogReplay replay(files, 1);
  return ReadActions(text, "commit", replay.BeginCommit("commit"));
}

Measured MeasureCommit(const std::function<std::string()>& make) { return Measure(make, ApplyAsCommit); }

std::string Repeated(std::string_view piece, size_t bytes) {
  std::string text;
  text.reserve(bytes + piece.size());
  while (text.size() < bytes) text += piece;
  return text;
}

// One line of nearly the greatest length: `before`, many times `piece`, `after`.
std::string LongLine(std::string_view before, std::string_view piece, std::string_view after) {
  return std::string(before) + Repeated(piece, kLineBytesMax - 200) + std::string(after);
}

void ExpectRefused(const Measured& measured, std::string_view words) {
  EXPECT_TRUE(measured.ended);
  EXPECT_TRUE(measured.refused);
  EXPECT_THAT(measured.error, testing::HasSubstr(words));
  EXPECT_LE(measured.peak_mib, kPeakMib);
  testing::Test::RecordProperty("peak_mib", std::to_string(measured.peak_mib));
}

TEST(HostileText, DeepNestingIsRefused) {
  for (const std::string_view piece : {"[", R"({"a":)", R"([{"a":)"}) {
    ExpectRefused(MeasureCommit([&] { return LongLine(R"({"add":)", piece, ""); }), "line 1");
  }
}

// A line that is never held: `before`, so many bytes of `piece` again and again, `after`, in pieces as a store gives
// them.
Measured MeasureLine(std::string_view before, const std::string& piece, size_t bytes, std::string_view after) {
  return Measure([] { return std::string(); },
                 [&](const std::string&) -> Status {
                   LineMender mender;
                   mender.Read(before);
                   for (size_t done = 0; done < bytes; done += piece.size()) mender.Read(piece);
                   mender.Read(after);
                   auto line = std::move(mender).Finish();
                   if (!line) return Fail(line.error().code, line.error().what);
                   return ApplyAsCommit(*line);
                 });
}

constexpr size_t kGib = size_t{1} << 30;

TEST(HostileText, LineOfAGibibyteThatNobodyNeedsIsReadInLittleMemory) {
  struct Form {
    std::string_view before, piece, after;
    size_t bytes = 48 * kMib;
  };
  const Form forms[] = {
      {R"({"commitInfo":{"operation":"DELETE","operationParameters":{"predicate":")", "1000000001,", "\"}}}", kGib},
      {R"({"commitInfo":{"operation":"DELETE","userMetadata":")", R"(\u00e9\n)", "\"}}"},
      {R"({"commitInfo":{"operationMetrics":[0)", ",{\"a\":[1e3]}", "]}}"},
      {R"({"commitInfo":{"a":"")", ",\"\":\"\"", "}}"},
      {R"({"add":{"path":"a","futureField":")", "x", "\"}}"},
      {R"({"future":[[)", "[],", "0]]}"},
  };
  for (const Form& form : forms) {
    SCOPED_TRACE(form.before);
    const Measured measured = MeasureLine(form.before, Repeated(form.piece, kMib), form.bytes, form.after);
    EXPECT_TRUE(measured.ended);
    EXPECT_FALSE(measured.refused) << measured.error;
    EXPECT_LE(measured.peak_mib, 128);
    EXPECT_LT(measured.seconds, 60);
  }
}

TEST(HostileText, LineOfAGibibyteThatWouldHaveToBeCarriedIsRefusedInLittleMemory) {
  struct Form {
    std::string_view before, piece, after, words;
    size_t bytes = 48 * kMib;
  };
  const Form forms[] = {
      {R"({"add":{"path":"a","stats":")", "x", "\"}}", "field 'stats' of 'add' takes 10737", kGib},
      {R"({"add":{"path":"a","stats":[0)", ",\"\"", "]}}", "field 'stats' of 'add'"},
      {R"({"add":{"path":"a","tags":{"a":"")", ",\"\":\"\"", "}}}", "field 'tags' of 'add'"},
      {R"({"metaData":{"configuration":{")", "x", "\":true}}}", "field 'configuration' of 'metaData'"},
      {R"({"metaData":{"schemaString":")", R"(\u0041)", "\"}}", "field 'schemaString' of 'metaData'"},
      {R"({"commitInfo":{"a":"b")", ",\"operation\":\"\"", "}}", "'commitInfo'"},
      {R"({"add":{"size":[0)", ",1e999", "]}}", "field 'size' of 'add'"},
      {R"({"add":)", "[", "", "nests too deep"},
      {R"({"future":)", "[{\"a\":", "", "nests too deep"},
      {R"({"future":")", "x", "", "ends too early"},
      {R"({"future":)", "1", "1", "ends too early"},
  };
  for (const Form& form : forms) {
    SCOPED_TRACE(form.before);
    const Measured measured = MeasureLine(form.before, Repeated(form.piece, kMib), form.bytes, form.after);
    ExpectRefused(measured, form.words);
    EXPECT_LE(measured.peak_mib, 128);
    EXPECT_LT(measured.seconds, 60);
  }
}

TEST(HostileText, LineOfThreeHundredMebibytesIsReadWhereNobodyNeedsIt) {
  const auto make = [] { return R"({"commitInfo":{"a":")" + std::string(300 * kMib, 'x') + "\"}}\n"; };
  const Measured measured = MeasureCommit(make);
  EXPECT_FALSE(measured.refused) << measured.error;
  EXPECT_LE(measured.peak_mib, 32);
}

// The forms of a line that take the most memory to read.
TEST(HostileText, LongestLinesStayWithinMemory) {
  struct Form {
    std::string_view before, piece, after;
  };
  constexpr std::string_view kAdd =
      R"({"add":{"path":"a","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true,)";
  const std::string tags = std::string(kAdd) + R"("tags":{"":"")";
  const std::string huge = std::string(kAdd) + R"("x":[0)";
  const std::string stats = std::string(kAdd) + R"("stats":")";
  const Form forms[] = {
      {huge, ",0", "]}}"},
      {huge, ",[]", "]}}"},
      {huge, ",1e999", "]}}"},
      {huge, ",99999999999999999999", "]}}"},
      {tags, R"(,"":"")", "}}}"},
      {stats, R"(\u0000)", "\"}}"},
      {stats, "x", "\"}}"},
      {R"({"commitInfo":{"a":"")", R"(,"":"")", "}}"},
      {R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,"writerFeatures":[""])", R"(,"")", "]}}"},
      {R"({"a":null)", R"(,"add":null)", "}"},
  };
  int64_t peak_mib = 0;
  for (const Form& form : forms) {
    SCOPED_TRACE(form.piece);
    const Measured measured = MeasureCommit([&] { return LongLine(form.before, form.piece, form.after); });
    EXPECT_TRUE(measured.ended);
    EXPECT_LE(measured.peak_mib, kPeakMib) << measured.error;
    peak_mib = std::max(peak_mib, measured.peak_mib);
  }
  RecordProperty("peak_mib", std::to_string(peak_mib));
}

TEST(HostileText, MapOfTooManyEntriesIsRefused) {
  const auto make = [] {
    return R"({"add":{"path":"a","partitionValues":{"":"")" + Repeated(R"(,"":"")", 4 * kMib) +
           R"(},"size":1,"modificationTime":1,"dataChange":true}})";
  };
  ExpectRefused(MeasureCommit(make), "field 'partitionValues' of 'add' has a wrong type");
}

TEST(HostileText, RoomIsNotMadeForAddsThatAreNone) {
  const auto make = [] { return Repeated(std::string(89, ' ') + "\n", 300 * kMib) + "{}\n"; };
  const Measured measured = MeasureCommit(make);
  EXPECT_TRUE(measured.ended);
  EXPECT_LE(measured.peak_mib, 32) << measured.error;
}

Measured MeasureHint(const std::function<std::string()>& make) {
  return Measure(make, [](const std::string& text) -> Status {
    if (ReadCheckpointHint(text)) return {};
    return Fail(ErrorCode::kCorruptLog, "no hint");
  });
}

TEST(HostileText, HintOfAGigabyteIsNoHint) {
  const Measured measured =
      MeasureHint([] { return R"({"version":1,"tags":")" + std::string(1024 * kMib, 'x') + "\"}"; });
  ExpectRefused(measured, "no hint");
  EXPECT_LE(measured.peak_mib, 16);
}

TEST(HostileText, HintWhoseChecksumRepeatsLongNamesIsNoHint) {
  const std::string start = R"({"version":1,"checksum":"0","a)" + std::string(kMib / 2, 'a') + R"(":)";
  for (const std::string_view piece : {",0", ",{}"}) {
    const Measured measured = MeasureHint([&] { return start + "[0" + Repeated(piece, kMib / 2 - 100) + "]}"; });
    ExpectRefused(measured, "no hint");
    EXPECT_LT(measured.seconds, 10);
  }
}

constexpr int kParts = 2'000'000;

Status SortOutParts() {
  std::vector<LogFile> files(kParts);
  for (size_t i = 0; i < kParts; ++i) {
    files[i].name = fmt::format("{:020}.checkpoint.{:010}.{:010}.parquet", 3, i + 1, kParts);
    files[i].size_bytes = 1;
  }
  const LogListing listing = SortOut(std::move(files));
  const auto newest = NewestVersion(listing);
  if (listing.checkpoints.empty() && newest && !*newest) return {};
  return Fail(ErrorCode::kCorruptLog, "a checkpoint of millions of parts is none");
}

TEST(HostileText, MillionsOfPartsInAListingStayWithinMemory) {
  const Measured measured =
      Measure([] { return std::string(); }, [](const std::string&) -> Status { return SortOutParts(); });
  EXPECT_TRUE(measured.ended);
  EXPECT_FALSE(measured.refused) << measured.error;
  // The listing itself, which the caller gives, takes about 300 MiB of it.
  EXPECT_LE(measured.peak_mib, 300 + kPeakMib);
}

TEST(HostileText, VersionsNearTheGreatestNumberAreRefusedOrRead) {
  const auto file = [](std::string name) { return LogFile{.name = std::move(name), .size_bytes = 1, .modified = {}}; };
  const LogListing last = SortOut({file(CommitName(Version(INT64_MAX)))});
  EXPECT_EQ(last.suspicious.size(), 1U);
  const LogListing listing = SortOut({file(CommitName(Version(INT64_MAX - 1))), file("09223372036854775805.json"),
                                      file("09223372036854775805.checkpoint.parquet")});
  const auto segment = LogSegment::Make(listing, Version(INT64_MAX - 1));
  ASSERT_TRUE(segment.has_value()) << ToString(segment.error());
  EXPECT_EQ(segment->commits.size(), 1U);
}

}  // namespace
}  // namespace lakeferry::delta
