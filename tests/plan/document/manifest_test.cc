#include "plan/document/manifest.h"
#include "plan/document/receipt.h"

#include <fmt/format.h>

#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan {
namespace {

using delta::FailedWith;
using delta::Succeeded;
using ::testing::ElementsAre;

const std::string kSha(64, 'a');

delta::LiveSet SampleSet() {
  delta::LiveSet set;
  EXPECT_THAT(set.Add("a.parquet", std::nullopt, 10), Succeeded());
  return set;
}

Manifest Sample() {
  Manifest manifest;
  manifest.workspace = "demo";
  manifest.region = "west \"quoted\" é";
  manifest.group = "orders/\n1";
  manifest.epoch = Epoch(7);
  manifest.generation = Generation(3);
  manifest.mode = delta::ReplicationMode::kMirror;
  manifest.cut_time = FromEpochMs(1'700'000'000'123);
  manifest.run_ids = {"a", "b\\"};
  manifest.atomic = false;
  manifest.evidence = {
      .kind = EvidenceKind::kForced,
      .margin = Millis(50),
      .unexplained = {{.table = "raw.bronze", .version = Version(42), .time = FromEpochMs(1'700'000)}}};
  manifest.created = FromEpochMs(1'700'000'000'456);
  manifest.base_epoch = Epoch(5);
  manifest.previous_epoch = Epoch(6);
  manifest.previous_sha256 = kSha;
  manifest.tables.push_back(ManifestTable{.name = "raw.bronze",
                                          .source_uri = "file:///srv/lake/bronze",
                                          .source_version = Version(41),
                                          .base_version = Version(0),
                                          .table_id = "id",
                                          .commit_sha256 = kSha,
                                          .data_change = false,
                                          .removes_change_data = false,
                                          .in_commit_timestamps = true,
                                          .retention = Retention{.deleted_files = Millis(5), .log = Millis(6)},
                                          .newest_file_ms = 7,
                                          .checkpoint_version = Version(8),
                                          .marked_epoch = Epoch(7),
                                          .live_set = SampleSet(),
                                          .live_set_replayed = true,
                                          .base_live_set = "fingerprint",
                                          .adds = 1,
                                          .removes = 2,
                                          .files = 3,
                                          .bytes = int64_t{1} << 60,
                                          .parts = {{.sha256 = kSha, .bytes = 100, .lines = 6}}});
  manifest.tables.push_back(
      ManifestTable{.name = "whole", .source_version = Version(0), .base_version = {}, .parts = {}});
  return manifest;
}

// The sample's text with one piece replaced; the piece must be there.
std::string Edited(const std::string& from, const std::string& to) {
  std::string text = WriteManifest(Sample());
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

TEST(Manifest, SurvivesARoundTripWithEveryField) {
  const std::string text = WriteManifest(Sample());
  const auto back = ReadManifest(text, "here");
  ASSERT_THAT(back, Succeeded());
  EXPECT_EQ(*back, Sample());
  EXPECT_EQ(WriteManifest(*back), text) << "the same value gives the same bytes, and so the same digest";
}

TEST(Manifest, WithoutTablesOrRunsSurvivesARoundTrip) {
  Manifest empty;
  empty.group = "g";
  empty.epoch = Epoch(1);
  const auto back = ReadManifest(WriteManifest(empty), "here");
  ASSERT_THAT(back, Succeeded());
  EXPECT_EQ(*back, empty);
}

TEST(Manifest, NewerFormatAsksForAnUpgrade) {
  const auto read = ReadManifest(Edited(R"("format":2)", R"("format":3)"), "here");
  EXPECT_THAT(read, FailedWith(ErrorCode::kUnsupportedTable, "manifest format 3"));
  EXPECT_THAT(read, FailedWith(ErrorCode::kUnsupportedTable, "upgrade"));
}

TEST(Manifest, OfAnotherKindThanAnEpochIsNotTakenForOne) {
  const auto read = ReadManifest(Edited(R"("kind":"epoch")", R"("kind":"fence")"), "here");
  EXPECT_THAT(read, FailedWith(ErrorCode::kUnsupportedTable, "of kind 'fence'"));
  EXPECT_THAT(read, FailedWith(ErrorCode::kUnsupportedTable, "upgrade"));
}

TEST(Manifest, EveryMissingFieldIsNamed) {
  for (const std::string field : {"format",
                                  "kind",
                                  "workspace",
                                  "region",
                                  "group",
                                  "epoch",
                                  "generation",
                                  "mode",
                                  "cut_time_ms",
                                  "run_ids",
                                  "atomic",
                                  "created_ms",
                                  "base_epoch",
                                  "previous_epoch",
                                  "previous_sha256",
                                  "tables",
                                  "name",
                                  "source_uri",
                                  "source_version",
                                  "table_id",
                                  "commit_sha256",
                                  "data_change",
                                  "removes_change_data",
                                  "in_commit_timestamps",
                                  "live_set",
                                  "live_set_replayed",
                                  "base_live_set",
                                  "hash",
                                  "adds",
                                  "removes",
                                  "files",
                                  "bytes",
                                  "parts",
                                  "sha256",
                                  "lines"}) {
    const auto read = ReadManifest(Edited("\"" + field + "\":", "\"unknown\":"), "here");
    EXPECT_THAT(read, FailedWith(ErrorCode::kCorruptLog, "'" + field + "'")) << field;
    EXPECT_THAT(read, FailedWith(ErrorCode::kCorruptLog, "here")) << field;
  }
}

TEST(Manifest, WrongTypesAreNamed) {
  EXPECT_THAT(ReadManifest(Edited(R"("epoch":7)", R"("epoch":"7")"), "here"),
              FailedWith(ErrorCode::kCorruptLog, "'epoch'"));
  EXPECT_THAT(ReadManifest(Edited(R"("atomic":false)", R"("atomic":0)"), "here"),
              FailedWith(ErrorCode::kCorruptLog, "'atomic'"));
  EXPECT_THAT(ReadManifest(Edited(R"("run_ids":["a")", R"("run_ids":[1)"), "here"),
              FailedWith(ErrorCode::kCorruptLog, "'run_ids'"));
  EXPECT_THAT(ReadManifest(Edited(R"("tables":[)", R"("tables":[1,)"), "here"),
              FailedWith(ErrorCode::kCorruptLog, "'tables'"));
  EXPECT_THAT(ReadManifest(Edited(R"("mode":"mirror")", R"("mode":"copy")"), "here"),
              FailedWith(ErrorCode::kCorruptLog, "'copy'"));
}

TEST(Manifest, NumbersThatAreNoneOfOursAreRefused) {
  EXPECT_THAT(ReadManifest(Edited(R"("epoch":7)", R"("epoch":9223372036854775808)"), "here"),
              FailedWith(ErrorCode::kCorruptLog, "'epoch'"));
  EXPECT_THAT(ReadManifest(Edited(R"("epoch":7)", R"("epoch":-7)"), "here"),
              FailedWith(ErrorCode::kCorruptLog, "'epoch'"));
  EXPECT_THAT(ReadManifest(Edited(R"("epoch":7)", R"("epoch":7.5)"), "here"),
              FailedWith(ErrorCode::kCorruptLog, "'epoch'"));
  EXPECT_THAT(ReadManifest(Edited(R"("source_version":41)", R"("source_version":-1)"), "here"),
              FailedWith(ErrorCode::kCorruptLog, "'source_version'"));
  EXPECT_THAT(ReadManifest(Edited(R"("base_version":0)", R"("base_version":-1)"), "here"),
              FailedWith(ErrorCode::kCorruptLog, "'base_version'"));
  EXPECT_THAT(ReadManifest(Edited(R"("bytes":100)", R"("bytes":-1)"), "here"),
              FailedWith(ErrorCode::kCorruptLog, "'bytes'"));
}

TEST(Manifest, PartDigestThatIsAPathIsRefused) {
  const std::string hostile = "../../" + std::string(58, 'a');
  EXPECT_THAT(
      ReadManifest(Edited(R"("sha256":")" + kSha + R"(","bytes")", R"("sha256":")" + hostile + R"(","bytes")"), "here"),
      FailedWith(ErrorCode::kCorruptLog, "64 hex digits"));
}

TEST(Manifest, PartDigestOfAnotherLengthIsRefused) {
  const std::string shorter = kSha.substr(1);
  EXPECT_THAT(
      ReadManifest(Edited(R"("sha256":")" + kSha + R"(","bytes")", R"("sha256":")" + shorter + R"(","bytes")"), "here"),
      FailedWith(ErrorCode::kCorruptLog, "64 hex digits"));
}

TEST(Manifest, EvidenceOfAnUnknownKindIsRefused) {
  EXPECT_THAT(ReadManifest(Edited(R"("by":")", R"("by":"no_)"), "here"),
              FailedWith(ErrorCode::kCorruptLog, "is no evidence of a cut"));
}

TEST(Manifest, LiveSetWhoseHashIsNoneIsRefused) {
  EXPECT_THAT(ReadManifest(Edited(R"("hash":")", R"("hash":"A)"), "here"),
              FailedWith(ErrorCode::kCorruptLog, "'hash'"));
}

TEST(Manifest, TextThatIsNoObjectIsRefused) {
  for (const std::string text : {"", "[]", "7", "{", "\x01"}) {
    EXPECT_THAT(ReadManifest(text, "here"), FailedWith(ErrorCode::kCorruptLog, "here")) << text;
  }
}

TEST(Manifest, EveryCutShortTextIsRefused) {
  const std::string text = WriteManifest(Sample());
  // The last byte is the line end.
  for (size_t size = 0; size + 1 < text.size(); ++size) {
    ASSERT_FALSE(ReadManifest(text.substr(0, size), "here")) << size;
  }
}

TEST(Receipt, SurvivesARoundTripWithEveryField) {
  const Receipt receipt{.group = "g",
                        .epoch = Epoch(3),
                        .manifest_sha256 = kSha,
                        .applied = false,
                        .reason = "a \"reason\"\n",
                        .kind = "corrupt_data",
                        .answered = FromEpochMs(5),
                        .files = 1,
                        .bytes = 2,
                        .worked_ms = 3,
                        .tables = {{.name = "t",
                                    .source_version = Version(4),
                                    .replica_version = Version(0),
                                    .managed_version = Version(8),
                                    .live_set = "fingerprint",
                                    .target = "file:///east/t"},
                                   {.name = "u", .source_version = Version(5), .replica_version = {}}},
                        .asks = {.restage_whole = {"u", "\""}, .replay_live_set = {"t"}}};
  const auto back = ReadReceipt(WriteReceipt(receipt), "here");
  ASSERT_THAT(back, Succeeded());
  EXPECT_EQ(*back, receipt);
}

TEST(Receipt, TheReasonOfARefusalHasABound) {
  const Receipt receipt{.group = "g", .epoch = Epoch(3), .reason = std::string(60'000'000, 'x')};
  const std::string text = WriteReceipt(receipt);
  EXPECT_LT(text.size(), 5'000U);
  const auto back = ReadReceipt(text, "here");
  ASSERT_THAT(back, Succeeded());
  // What another writer put there, too.
  std::string hostile = text;
  hostile.replace(hostile.find("xxx"), 3, std::string(1'000'000, 'y'));
  const auto read = ReadReceipt(hostile, "here");
  ASSERT_THAT(read, Succeeded());
  EXPECT_LE(read->reason.size(), 4'096U);
  EXPECT_THAT(read->reason, ::testing::HasSubstr("bytes left out]"));
}

TEST(Receipt, DamageIsRefusedNamingTheFieldAndThePlace) {
  const std::string text = WriteReceipt(Receipt{.group = "g", .epoch = Epoch(3)});
  for (const std::string field : {"group", "epoch", "manifest_sha256", "applied", "reason", "answered_ms", "files",
                                  "bytes", "worked_ms", "tables", "restage_whole", "replay_live_set"}) {
    std::string damaged = text;
    damaged.replace(damaged.find("\"" + field + "\":"), field.size() + 2, "\"unknown\"");
    EXPECT_THAT(ReadReceipt(damaged, "here"), FailedWith(ErrorCode::kCorruptLog, "'" + field + "'")) << field;
  }
  EXPECT_THAT(ReadReceipt("", "here"), FailedWith(ErrorCode::kCorruptLog, "here"));
  EXPECT_THAT(ReadReceipt("[]", "here"), FailedWith(ErrorCode::kCorruptLog, "here"));
}

// Notes every record as one word, in the order of the part.
class Notes : public PartSink {
 public:
  Status OnAdd(delta::AddFile&& add) override { return Note("add:" + add.path); }
  Status OnRemove(delta::RemoveFile&& remove) override { return Note("remove:" + remove.path); }
  Status OnProtocol(delta::Protocol&&) override { return Note("protocol"); }
  Status OnFile(StagedFile&& file) override {
    files.push_back(file);
    return Note("file:" + file.path.text());
  }
  Status OnPresent(PresentFile&& file) override {
    return Note(fmt::format("present:{} {}", file.path.text(), file.size));
  }
  Status OnCommit(StagedCommit&& commit) override {
    commits.push_back(commit);
    return Note("commit:" + ToString(commit.version));
  }
  Status OnLogFile(StagedFile&& file) override {
    log_files.push_back(file);
    return Note("log:" + file.path.text());
  }

  std::vector<std::string> words;
  std::vector<StagedFile> files;
  std::vector<StagedCommit> commits;
  std::vector<StagedFile> log_files;

 private:
  Status Note(std::string word) {
    words.push_back(std::move(word));
    return {};
  }
};

StagedFile File(std::string_view path) {
  return StagedFile{.path = ObjectPath::Of(path),
                    .size = int64_t{5} << 40,
                    .crc64 = 0xfedc'ba98'7654'3210,
                    .staged = ObjectPath::Of("g/data/1/t") / path};
}
constexpr std::string_view kAdd =
    R"({"add":{"path":"a","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true}})";
constexpr std::string_view kRemove = R"({"remove":{"path":"r","dataChange":true}})";

TEST(ManifestPart, MixedLinesComeInTheirOrder) {
  const std::string text = fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n", kAdd, ToLine(File("x y/é.parquet")), kRemove, kAdd,
                                       ToLine(StagedCommit{.version = Version(9), .file = File("c")}),
                                       LogFileLine(File("_delta_log/x.checkpoint.parquet")));
  Notes notes;
  ASSERT_THAT(ReadPart(text, "here", notes), Succeeded());
  EXPECT_THAT(notes.words, ElementsAre("add:a", "file:x y/é.parquet", "remove:r", "add:a", "commit:9",
                                       "log:_delta_log/x.checkpoint.parquet"));
  EXPECT_THAT(notes.files, ElementsAre(File("x y/é.parquet")));
  EXPECT_THAT(notes.commits, ElementsAre(StagedCommit{.version = Version(9), .file = File("c")}));
}

TEST(ManifestPart, TimesOfLogObjectsComeBackAsTheyWere) {
  for (const int64_t time : {int64_t{1'700'000'000'123}, int64_t{0}, int64_t{-1}}) {
    StagedCommit commit{.version = Version(9), .file = File("c")};
    commit.file.modified = FromEpochMs(time);
    Notes notes;
    ASSERT_THAT(ReadPart(ToLine(commit) + "\n" + LogFileLine(commit.file), "here", notes), Succeeded());
    EXPECT_THAT(notes.commits, ElementsAre(commit));
    EXPECT_THAT(notes.log_files, ElementsAre(commit.file));
  }
}

TEST(ManifestPart, SendersNeedNotSayTimes) {
  const std::string fields = R"("path":"c","size":5,"crc64":"fedcba9876543210","staged":"g/data/1/t/c")";
  Notes notes;
  ASSERT_THAT(
      ReadPart(R"({"commit":{"version":9,)" + fields + "}}\n" + R"({"logFile":{)" + fields + "}}", "here", notes),
      Succeeded());
  ASSERT_EQ(notes.commits.size(), 1U);
  EXPECT_EQ(notes.commits[0].file.modified, std::nullopt);
  EXPECT_EQ(notes.log_files.at(0).modified, std::nullopt);
  const std::string wrong = R"({"commit":{"version":9,)" + fields + R"(,"modified_ms":"1"}})";
  EXPECT_THAT(ReadPart(wrong, "here", notes), FailedWith(ErrorCode::kCorruptLog, "'modified_ms'"));
}

TEST(ManifestPart, DigestsOfThoseWhoSignComeBackAsTheyWere) {
  StagedFile file = File("a");
  file.sha256 = std::string(60, '0') + "9abf";
  Notes notes;
  ASSERT_THAT(ReadPart(ToLine(file) + "\n" + ToLine(File("b")), "here", notes), Succeeded());
  EXPECT_THAT(notes.files, ElementsAre(file, File("b")));
  for (const std::string& wrong : {std::string(64, 'A'), std::string(63, 'a'), std::string(64, 'a') + "a"}) {
    file.sha256 = wrong;
    EXPECT_THAT(ReadPart(ToLine(file), "here", notes), FailedWith(ErrorCode::kCorruptLog, "sha256")) << wrong;
  }
}

TEST(ManifestPart, LastLineMayLackItsEnd) {
  Notes notes;
  ASSERT_THAT(ReadPart(ToLine(File("a")), "here", notes), Succeeded());
  EXPECT_THAT(notes.words, ElementsAre("file:a"));
}

TEST(ManifestPart, EmptyTextHoldsNothing) {
  Notes notes;
  ASSERT_THAT(ReadPart("", "here", notes), Succeeded());
  EXPECT_TRUE(notes.words.empty());
}

TEST(ManifestPart, PathsThatLeaveTheirRootAreRefused) {
  for (const std::string hostile : {"../x", "/etc/passwd", "a/../../x", "", ".", "a//b", "a/\\u0000b"}) {
    Notes notes;
    const std::string path =
        fmt::format(R"({{"file":{{"path":"{}","size":1,"crc64":"0000000000000000","staged":"g"}}}})", hostile);
    EXPECT_THAT(ReadPart(path, "here", notes), FailedWith(ErrorCode::kRefused, "'path'")) << hostile;
    const std::string staged =
        fmt::format(R"({{"logFile":{{"path":"p","size":1,"crc64":"0000000000000000","staged":"{}"}}}})", hostile);
    EXPECT_THAT(ReadPart(staged, "here", notes), FailedWith(ErrorCode::kRefused, "'staged'")) << hostile;
    const std::string present = fmt::format(R"({{"present":{{"path":"{}","size":1}}}})", hostile);
    EXPECT_THAT(ReadPart(present, "here", notes), FailedWith(ErrorCode::kRefused, "'path'")) << hostile;
    EXPECT_TRUE(notes.words.empty());
  }
}

TEST(ManifestPart, PresentFilesComeBackAsTheyWere) {
  Notes notes;
  const PresentFile file{.path = ObjectPath::Of("p=\"1\"/f"), .size = int64_t{5} << 40};
  ASSERT_THAT(ReadPart(ToLine(file) + "\n" + ToLine(File("a")) + "\n", "here", notes), Succeeded());
  EXPECT_THAT(notes.words, testing::ElementsAre("present:p=\"1\"/f 5497558138880", "file:a"));
}

TEST(ManifestPart, DamagedLinesAreRefused) {
  const std::string good = ToLine(File("a"));
  const auto edited = [&](const std::string& from, const std::string& to) {
    std::string line = good;
    line.replace(line.find(from), from.size(), to);
    return line;
  };
  Notes notes;
  EXPECT_THAT(ReadPart(good.substr(0, good.size() - 1), "here", notes), FailedWith(ErrorCode::kCorruptLog, "here"));
  EXPECT_THAT(ReadPart(edited("fedcba9876543210", "fedcba987654321"), "here", notes),
              FailedWith(ErrorCode::kCorruptLog, "crc64"));
  EXPECT_THAT(ReadPart(edited("fedcba9876543210", "fedcba987654321x"), "here", notes),
              FailedWith(ErrorCode::kCorruptLog, "crc64"));
  EXPECT_THAT(ReadPart(edited("5497558138880", "-1"), "here", notes), FailedWith(ErrorCode::kCorruptLog, "'size'"));
  EXPECT_THAT(ReadPart(edited("5497558138880", "9223372036854775808"), "here", notes),
              FailedWith(ErrorCode::kCorruptLog, "'size'"));
  EXPECT_THAT(ReadPart(R"({"commit":{"path":"a","size":1,"crc64":"0000000000000000","staged":"g"}})", "here", notes),
              FailedWith(ErrorCode::kCorruptLog, "'version'"));
  EXPECT_THAT(ReadPart(R"({"file":7})", "here", notes), FailedWith(ErrorCode::kCorruptLog, "'file'"));
  EXPECT_THAT(ReadPart(R"({"add":{"path")", "here", notes), FailedWith(ErrorCode::kCorruptLog, "here"));
  EXPECT_TRUE(notes.words.empty());
}

// An error of the sink ends the reading.
class Refuses : public PartSink {
 public:
  Status OnFile(StagedFile&&) override {
    ++calls;
    return Fail(ErrorCode::kOutOfSpace, "full");
  }
  int calls = 0;
};

// The densest JSON takes many times its size to be read, and a record is two paths and some numbers.
TEST(ManifestPart, RecordsHaveABound) {
  Notes notes;
  EXPECT_THAT(ReadPart(ToLine(File(std::string(200, '"'))), "part", notes), Succeeded());
  EXPECT_THAT(ReadPart(R"({"file":[0)" + std::string(20'000, ' ') + "]}", "part", notes),
              FailedWith(ErrorCode::kCorruptLog, "a record has 20012 bytes"));
}

TEST(ManifestPart, ErrorOfTheSinkEndsTheReading) {
  Refuses sink;
  EXPECT_THAT(ReadPart(ToLine(File("a")) + "\n" + ToLine(File("b")) + "\n", "here", sink),
              FailedWith(ErrorCode::kOutOfSpace, "full"));
  EXPECT_EQ(sink.calls, 1);
}

}  // namespace
}  // namespace lakeferry::plan
