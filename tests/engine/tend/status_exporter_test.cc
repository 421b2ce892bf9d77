// The status table: what is exported, twice, side by side, across lost answers and crashes.
#include "engine/tend/status_exporter.h"

#include <fmt/format.h>

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using plan::RowStanding;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The number of each row's epoch, for tests without Parquet.
class EpochText final : public delta::RowFileWriter {
 public:
  [[nodiscard]] Result<std::string> Write(std::span<const delta::Column> columns,
                                          std::span<const delta::Row> rows) const override {
    std::string text;
    for (const delta::Row& row : rows) {
      for (size_t i = 0; i < columns.size(); ++i) {
        const auto* number = std::get_if<int64_t>(&row[i]);
        if (columns[i].name == "epoch") text += number == nullptr ? "-" : fmt::format("{}", *number);
      }
    }
    return text;
  }
};

constexpr char kStatusTableUri[] = "mem://east/status";

class StatusExporterTest : public ::testing::Test {
 protected:
  MemoryStore& store() { return world_.stores.At(kStatusTableUri); }
  StatusExporter Exporter(const Environment& env) {
    return {env, files_, {.uri = kStatusTableUri, .right = StoreRight::kWriteTarget}};
  }
  Result<StatusExport> Export(std::vector<plan::StatusRow> rows) {
    StatusExporter exporter = Exporter(world_.east);
    return world_.Run(exporter.Export({}, std::move(rows)));
  }
  plan::StatusRow Row(const std::string& group, int64_t as_of, int64_t epoch) const {
    GroupRecord record;
    record.workspace = "demo";
    record.group = group;
    record.epoch = Epoch(epoch);
    record.updated = FromEpochMs(as_of);
    return plan::StatusRowOf(record, {}, "east");
  }
  // Texts of the live files.
  std::vector<std::string> Rows() {
    std::vector<std::string> texts;
    for (const std::string& path : world_.Live(store())) texts.push_back(world_.Text(store(), path));
    std::ranges::sort(texts);
    return texts;
  }
  std::vector<std::string> Names(const std::string& prefix) {
    std::vector<std::string> names;
    for (const auto& [name, object] : store().objects()) {
      if (name.starts_with(prefix)) names.push_back(name);
    }
    return names;
  }

  World world_;
  EpochText files_;
};

TEST_F(StatusExporterTest, TheFirstExportMakesTheTableAndLaterOnesReplaceRows) {
  const auto first = Export({Row("a", 10, 1), Row("b", 10, 2)});
  ASSERT_THAT(first, Succeeded());
  EXPECT_EQ(first->version, Version(0));
  EXPECT_EQ(first->rows[0].standing, RowStanding::kDue);
  EXPECT_THAT(Rows(), ElementsAre("1", "2"));
  const auto second = Export({Row("a", 20, 7)});
  ASSERT_THAT(second, Succeeded());
  EXPECT_EQ(second->version, Version(1));
  EXPECT_THAT(Rows(), ElementsAre("2", "7"));
}

TEST_F(StatusExporterTest, TheSameStateAgainWritesNothing) {
  ASSERT_THAT(Export({Row("a", 10, 1)}), Succeeded());
  const auto before = store().objects().size();
  const auto again = Export({Row("a", 10, 1)});
  ASSERT_THAT(again, Succeeded());
  EXPECT_EQ(again->rows[0].standing, RowStanding::kSame);
  EXPECT_EQ(again->version, Version(0));
  EXPECT_EQ(store().objects().size(), before);
  EXPECT_EQ(Export({Row("a", 9, 5)})->rows[0].standing, RowStanding::kNewer);
  EXPECT_THAT(Rows(), ElementsAre("1"));
}

TEST_F(StatusExporterTest, OneWhoIsSecondLooksAgain) {
  ASSERT_THAT(Export({Row("a", 10, 1)}), Succeeded());
  bool once = true;
  store().set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    const bool commits = at == StoreOperation::kPutIfAbsent && path == TableLog::CommitPath(Version(1));
    if (!commits || !once) co_return Status{};
    once = false;
    StatusExporter other = Exporter(world_.west);
    std::vector<plan::StatusRow> rows{Row("b", 11, 2)};
    const auto done = co_await other.Export({}, std::move(rows));
    EXPECT_THAT(done, Succeeded());
    co_return Status{};
  }});
  const auto done = Export({Row("a", 20, 7)});
  ASSERT_THAT(done, Succeeded());
  EXPECT_EQ(done->version, Version(2));
  EXPECT_THAT(Rows(), ElementsAre("2", "7"));
}

// A reply that was lost, and a crash between any two effects: afterwards the same export ends in the same rows, once.
TEST_F(StatusExporterTest, ALostAnswerIsReadBackAndNothingIsWrittenTwice) {
  for (const bool happened : {true, false}) {
    store().objects().clear();
    int lost = 0;
    auto lose = [&lost](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
      if (at != StoreOperation::kPutIfAbsent || ++lost > 2) co_return Status{};
      co_return Fail(ErrorCode::kOutcomeUnknown, "the answer was lost");
    };
    MemoryStoreHooks hooks;
    (happened ? hooks.after_effect : hooks.before_effect) = lose;
    store().set_hooks(hooks);
    const auto done = Export({Row("a", 10, 1)});
    ASSERT_THAT(done, Succeeded()) << happened;
    EXPECT_EQ(done->rows[0].standing, RowStanding::kDue) << "it was written by this export";
    EXPECT_EQ(done->version, Version(0));
    store().set_hooks({});
    EXPECT_THAT(Rows(), ElementsAre("1"));
    EXPECT_THAT(Names("_delta_log/"), SizeIs(1));
    EXPECT_THAT(Names("rows/"), SizeIs(1));
  }
}

TEST_F(StatusExporterTest, AnExportThatDiedAnywhereIsMadeAgain) {
  for (int dies_at = 0; dies_at < 12; ++dies_at) {
    store().objects().clear();
    int effects = 0;
    store().set_hooks({.before_effect = [&](std::string, StoreOperation, ObjectPath) -> Task<Status> {
      if (effects++ < dies_at) co_return Status{};
      co_return Fail(ErrorCode::kUnavailable, "the process is gone");
    }});
    (void)Export({Row("a", 10, 1), Row("b", 10, 2)});
    store().set_hooks({});
    ASSERT_THAT(Export({Row("a", 10, 1), Row("b", 10, 2)}), Succeeded()) << dies_at;
    EXPECT_THAT(Rows(), ElementsAre("1", "2")) << dies_at;
    EXPECT_THAT(Names("rows/"), SizeIs(2)) << dies_at;
  }
}

TEST_F(StatusExporterTest, AFolderOfSomethingElseIsLeftAlone) {
  for (const char* there : {"data.csv", "other/file", "rows.txt"}) {
    store().objects().clear();
    store().Set(there, "x");
    EXPECT_THAT(Export({Row("a", 10, 1)}), FailedWith(ErrorCode::kRefused, "something else"));
    EXPECT_THAT(store().objects(), SizeIs(1));
  }
  store().objects().clear();
  store().links().insert("link");
  EXPECT_THAT(Export({Row("a", 10, 1)}), FailedWith(ErrorCode::kRefused, "'link'"));
}

TEST_F(StatusExporterTest, ATableOfSomebodyElseIsLeftAlone) {
  TestTable table(&store(), &world_.clock);
  table.Create();
  const auto before = store().objects().size();
  EXPECT_THAT(Export({Row("a", 10, 1)}), FailedWith(ErrorCode::kRefused, "not one that a status can be exported to"));
  EXPECT_EQ(store().objects().size(), before);
}

TEST_F(StatusExporterTest, WhoIsNeverFirstGivesUpAndSaysWhy) {
  store().set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    const bool commits = at == StoreOperation::kPutIfAbsent && path.IsBelow(ObjectPath::Of("_delta_log"));
    if (commits) co_return Fail(ErrorCode::kOutcomeUnknown, "lost");
    co_return Status{};
  }});
  EXPECT_THAT(Export({Row("a", 10, 1)}), FailedWith(ErrorCode::kUnavailable, "without a break"));
  EXPECT_THAT(Names("_delta_log/"), IsEmpty());
}

TEST_F(StatusExporterTest, AnErrorOfTheStoreIsTheExports) {
  store().set_hooks({.before_effect = [](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kPutIfAbsent) co_return Fail(ErrorCode::kUnauthorized, "read-only");
    co_return Status{};
  }});
  EXPECT_THAT(Export({Row("a", 10, 1)}), FailedWith(ErrorCode::kUnauthorized, "read-only"));
}

TEST_F(StatusExporterTest, WhoIsToStopOrTooLateWritesNothing) {
  std::stop_source stop;
  stop.request_stop();
  StatusExporter exporter = Exporter(world_.east);
  EXPECT_THAT(world_.Run(exporter.Export({.stop = stop.get_token()}, {Row("a", 10, 1)})),
              FailedWith(ErrorCode::kCancelled, ""));
  const Call late = Call{}.Within(world_.clock.Monotonic(), Millis(0));
  EXPECT_THAT(world_.Run(exporter.Export(late, {Row("a", 10, 1)})), FailedWith(ErrorCode::kUnavailable, "no answer"));
  EXPECT_THAT(store().objects(), IsEmpty());
}

TEST_F(StatusExporterTest, ACheckReadsAlone) {
  const auto check = [this] {
    const StatusExporter exporter = Exporter(world_.east);
    return world_.Run(exporter.Check({}));
  };
  EXPECT_EQ(check().value(), false);
  EXPECT_THAT(store().objects(), IsEmpty());
  ASSERT_THAT(Export({Row("a", 10, 1)}), Succeeded());
  EXPECT_EQ(check().value(), true);
  store().objects().clear();
  store().Set("_lakeferry_check_0123456789abcdef", "left by a trial whose author may not delete");
  EXPECT_EQ(check().value(), false);
  store().Set("data.csv", "x");
  EXPECT_THAT(check(), FailedWith(ErrorCode::kRefused, "something else"));
}

TEST_F(StatusExporterTest, ManyExportsLeaveCheckpoints) {
  for (int i = 0; i <= 25; ++i) ASSERT_THAT(Export({Row("a", 10 + i, i)}), Succeeded());
  EXPECT_TRUE(store().objects().contains("_delta_log/_last_checkpoint"));
  EXPECT_THAT(Rows(), ElementsAre("25"));
}

TEST_F(StatusExporterTest, RowsAreThoseOfTheMetadataStore) {
  world_.FirstEpoch();
  auto records = world_.Run(world_.east_state.Groups({}));
  ASSERT_THAT(records, Succeeded());
  const auto rows = world_.Run(StatusRowsOf({}, world_.east, *records));
  ASSERT_THAT(rows, Succeeded());
  ASSERT_THAT(*rows, SizeIs(1));
  ASSERT_THAT(Export(*rows), Succeeded());
  EXPECT_THAT(Rows(), ElementsAre("1"));
}

}  // namespace
}  // namespace lakeferry::engine
