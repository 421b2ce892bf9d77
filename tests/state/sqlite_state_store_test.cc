#include "state/sqlite_state_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/known_secrets.h"
#include "state/migration_001_tables.h"
#include "state/migration_013_paused.h"
#include "state/schema.h"
#include "tests/state/state_samples.h"
#include "tests/support/child_process.h"
#include "tests/support/run_task.h"
#include "tests/support/slow_build.h"
#include "tests/support/small_file_system.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

using testing::HasSubstr;

class SqliteStateStoreTest : public testing::Test {
 protected:
  ~SqliteStateStoreTest() override { pool_.join(); }
  Result<std::unique_ptr<SqliteStateStore>> Open() { return SqliteStateStore::Open(path_, pool_.get_executor()); }
  // Runs SQL on the file as somebody else would; what the first column of the last row says.
  std::string Sql(const std::string& sql) const {
    sqlite3* handle = nullptr;
    EXPECT_EQ(sqlite3_open(path_.c_str(), &handle), SQLITE_OK);
    std::string last;
    auto remember = [](void* out, int, char** values, char**) {
      *static_cast<std::string*>(out) = values[0] == nullptr ? "NULL" : values[0];
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), remember, &last, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
    sqlite3_close(handle);
    return last;
  }

  TempFolder folder_;
  const std::string path_ = folder_ / "metadata.db";
  boost::asio::thread_pool pool_{2};
};

// Saves epoch after epoch, each with a group and a journal that name it, and says so through `acknowledge`.
int SaveForever(const std::string& path, int acknowledge) {
  boost::asio::thread_pool pool(1);
  const auto store = SqliteStateStore::Open(path, pool.get_executor());
  if (!store) return 1;
  for (int64_t epoch = 1;; ++epoch) {
    GroupRecord group = SampleGroup(Role::kSender, "g");
    group.epoch = Epoch(epoch);
    const auto saved = RunTask((*store)->Save({}, {.groups = {group},
                                                   .epochs = {SampleEpoch(Role::kSender, "g", epoch)},
                                                   .journals = {{"g", std::to_string(epoch)}}}));
    if (!saved || ::write(acknowledge, &epoch, sizeof(epoch)) != sizeof(epoch)) return 2;
  }
}

TEST_F(SqliteStateStoreTest, FileThatWasTakenAwayOrReplacedIsUnavailableUntilItIsBack) {
  const auto store = Open().value();
  const StateChange change{.groups = {SampleGroup(Role::kSender, "g")}};
  ASSERT_TRUE(RunTask(store->Save({}, change)).has_value());
  std::filesystem::rename(path_, path_ + ".away");
  for (const bool replaced : {false, true}) {
    if (replaced) std::ofstream(path_) << "another";
    const auto saved = RunTask(store->Save({}, change));
    ASSERT_FALSE(saved.has_value());
    EXPECT_EQ(saved.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(saved.error().message, HasSubstr("deleted, moved or replaced"));
    EXPECT_FALSE(RunTask(store->Groups({})).has_value());
  }
  std::filesystem::rename(path_ + ".away", path_);
  EXPECT_TRUE(RunTask(store->Save({}, change)).has_value());
}

TEST_F(SqliteStateStoreTest, AfterKillTheLastCompleteSaveIsThereWhole) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  int64_t acknowledged = 0;
  {
    ChildProcess child([&] { return SaveForever(path_, ends[1]); });
    ::close(ends[1]);
    while (acknowledged < 20) ASSERT_EQ(::read(ends[0], &acknowledged, sizeof(acknowledged)), sizeof(acknowledged));
    child.Kill();
  }
  while (::read(ends[0], &acknowledged, sizeof(acknowledged)) == sizeof(acknowledged)) {
  }
  ::close(ends[0]);
  auto store = Open();
  ASSERT_TRUE(store.has_value()) << ToString(store.error());
  const GroupRecord group = RunTask((*store)->Group({}, Role::kSender, "g")).value().value();
  EXPECT_GE(group.epoch.value(), acknowledged);
  EXPECT_LE(group.epoch.value(), acknowledged + 1);
  EXPECT_EQ(RunTask((*store)->Journal({}, "g")).value(), std::to_string(group.epoch.value()));
  EXPECT_EQ(RunTask((*store)->Epochs({}, Role::kSender, "g", 1)).value().at(0),
            SampleEpoch(Role::kSender, "g", group.epoch.value()));
}

int WriteRuns(const std::string& path, const std::string& workflow, int count) {
  boost::asio::thread_pool pool(1);
  const auto store = SqliteStateStore::Open(path, pool.get_executor());
  if (!store) return 1;
  for (int i = 0; i < count; ++i) {
    const Run run{workflow, std::to_string(i), FromEpochMs(i), std::nullopt, RunState::kRunning};
    if (!RunTask((*store)->Save({}, {.runs = {run}}))) return 2;
  }
  return 0;
}

TEST_F(SqliteStateStoreTest, SeveralProcessesCreateAndWriteOneFileAtOnce) {
  {
    ChildProcess a([&] { return WriteRuns(path_, "a", 50); });
    ChildProcess b([&] { return WriteRuns(path_, "b", 50); });
    ChildProcess c([&] { return WriteRuns(path_, "c", 50); });
    EXPECT_EQ(a.Wait(), 0);
    EXPECT_EQ(b.Wait(), 0);
    EXPECT_EQ(c.Wait(), 0);
  }
  auto store = Open();
  ASSERT_TRUE(store.has_value());
  for (const auto* workflow : {"a", "b", "c"}) {
    EXPECT_EQ(RunTask((*store)->Runs({}, workflow, TimeMs::min())).value().size(), 50U);
  }
}

TEST_F(SqliteStateStoreTest, ALockHeldTooLongIsUnavailable) {
  auto store = Open();
  ASSERT_TRUE(store.has_value());
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const auto saved = RunTask((*store)->Save({}, {.journals = {{"g", "x"}}}));
  ASSERT_FALSE(saved.has_value());
  EXPECT_EQ(saved.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(RunTask((*store)->Journal({}, "g")).value(), "");
  sqlite3_close(other);
  EXPECT_TRUE(RunTask((*store)->Save({}, {.journals = {{"g", "x"}}})).has_value());
}

// 0: as expected. Runs in a child of its own.
int FillTheDisk(const std::string& folder) {
  if (!MountSmallFileSystem(folder, 512 << 10)) return 10;
  boost::asio::thread_pool pool(1);
  const auto store = SqliteStateStore::Open(folder + "/metadata.db", pool.get_executor());
  if (!store) return 11;
  int64_t saved = 0;
  while (true) {
    const auto status =
        RunTask((*store)->Save({}, {.journals = {{"g" + std::to_string(saved), std::string(10'000, 'x')}}}));
    if (!status && status.error().code != ErrorCode::kOutOfSpace) return 12;
    if (!status) break;
    ++saved;
  }
  if (saved < 3) return 13;
  for (int64_t i = 0; i <= saved; ++i) {
    const auto journal = RunTask((*store)->Journal({}, "g" + std::to_string(i)));
    if (!journal || journal->size() != (i < saved ? 10'000U : 0U)) return 14;
  }
  return 0;
}

TEST_F(SqliteStateStoreTest, AFullDiskIsOutOfSpaceAndKeepsWhatWasSaved) {
  ChildProcess child([&] { return FillTheDisk(folder_.path()); });
  EXPECT_EQ(child.Wait(), 0) << "10 means that this user may not mount";
}

TEST_F(SqliteStateStoreTest, TheFileIsForItsOwnerAlone) {
  auto store = Open();
  ASSERT_TRUE(store.has_value());
  ASSERT_TRUE(RunTask((*store)->Save({}, {.journals = {{"g", "x"}}})).has_value());
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    struct stat stat{};
    ASSERT_EQ(::stat(entry.path().c_str(), &stat), 0);
    EXPECT_EQ(stat.st_mode & 0777, 0600U) << entry.path();
  }
}

TEST_F(SqliteStateStoreTest, AFileThatRootMakesBelongsToTheOwnerOfItsFolder) {
  constexpr uid_t kNobody = 65'534;
  // Only root can make files of others.
  const uid_t owner = ::geteuid() == 0 ? kNobody : ::geteuid();
  if (::geteuid() == 0) ASSERT_EQ(::chown(folder_.path().c_str(), owner, owner), 0);
  auto store = Open();
  ASSERT_TRUE(store.has_value());
  ASSERT_TRUE(RunTask((*store)->Save({}, {.journals = {{"g", "x"}}})).has_value());
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    struct stat stat{};
    ASSERT_EQ(::stat(entry.path().c_str(), &stat), 0);
    EXPECT_EQ(stat.st_uid, owner) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 2) << "the store and its log";
}

TEST_F(SqliteStateStoreTest, AStoreInMemoryIsEmptyAndWorks) {
  boost::asio::thread_pool pool(1);
  auto store = SqliteStateStore::OpenInMemory(pool.get_executor());
  ASSERT_TRUE(store.has_value());
  const auto before = RunTask((*store)->Groups({}));
  ASSERT_TRUE(before.has_value());
  EXPECT_TRUE(before->empty());
  ASSERT_TRUE(RunTask((*store)->Save({}, {.journals = {{"g", "x"}}})).has_value());
  EXPECT_EQ(RunTask((*store)->Journal({}, "g")).value_or(""), "x");
}

TEST_F(SqliteStateStoreTest, AFileThatIsNoDatabaseIsCorrupt) {
  std::ofstream(path_) << std::string(8'192, 'z');
  const auto store = Open();
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::kCorruptData);
  EXPECT_THAT(store.error().remedy, HasSubstr("move it away; it is rebuilt"));
  EXPECT_EQ(store.error().where.text(), path_);
}

TEST_F(SqliteStateStoreTest, ADamagedPageIsCorrupt) {
  {
    auto store = Open();
    ASSERT_TRUE(store.has_value());
    for (int i = 0; i < 50; ++i) {
      const auto saved = RunTask((*store)->Save({}, {.journals = {{std::to_string(i), std::string(3'000, 'x')}}}));
      ASSERT_TRUE(saved.has_value());
    }
  }
  ASSERT_EQ(Sql("PRAGMA wal_checkpoint(TRUNCATE)"), "0");
  std::filesystem::remove(path_ + "-wal");
  const auto size = std::filesystem::file_size(path_);
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(8'192);
  file << std::string(size - 8'192, '\x5a');
  file.close();
  const auto store = Open();
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::kCorruptData);
}

TEST_F(SqliteStateStoreTest, ADatabaseOfAnotherProgramIsRefusedAndLeftAlone) {
  Sql("CREATE TABLE theirs (x); PRAGMA application_id = 42; PRAGMA user_version = 1");
  const auto store = Open();
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::kCorruptData);
  EXPECT_THAT(store.error().message, HasSubstr("42"));
  EXPECT_EQ(Sql("SELECT group_concat(name) FROM sqlite_schema"), "theirs");
}

TEST_F(SqliteStateStoreTest, ADatabaseWithoutAnOwnerButWithTablesIsRefused) {
  Sql("CREATE TABLE theirs (x)");
  const auto store = Open();
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::kCorruptData);
}

TEST_F(SqliteStateStoreTest, ANewerSchemaIsRefusedByItsNumber) {
  ASSERT_TRUE(Open().has_value());
  Sql("PRAGMA user_version = 99");
  const auto store = Open();
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::kRefused);
  EXPECT_THAT(store.error().message, HasSubstr("99"));
  EXPECT_EQ(Sql("PRAGMA user_version"), "99");
}

TEST_F(SqliteStateStoreTest, AStoreOfVersionOneIsMigratedWithItsContent) {
  Sql(std::string(kMigration001) +
      "PRAGMA user_version = 1; PRAGMA application_id = " + std::to_string(sqlite::kApplicationId) +
      "; INSERT INTO runs VALUES ('w', 'r1', 100, 200, 'success'); INSERT INTO journals VALUES ('g', 'intent');");
  auto store = Open();
  ASSERT_TRUE(store.has_value()) << ToString(store.error());
  EXPECT_EQ(Sql("PRAGMA user_version"), std::to_string(sqlite::SchemaVersionNewest()));
  EXPECT_EQ(RunTask((*store)->Journal({}, "g")).value(), "intent");
  EXPECT_EQ(RunTask((*store)->Runs({}, "w", TimeMs::min())).value().size(), 1U);
  EXPECT_EQ(Sql("SELECT count(*) FROM sync_metadata"), "0");
}

TEST_F(SqliteStateStoreTest, WhatIsKeptForPeopleHasABoundAndNoSecret) {
  RememberSecret(Secret(std::string("store-canary")));
  const std::string text = "said store-canary " + std::string(kSlowBuild ? 2'000'000 : 60'000'000, 'x');
  GroupRecord group = SampleGroup(Role::kSender, "g store-canary");
  for (std::string* of : {&group.reason, &group.last_error, &group.last_error_remedy, &group.risk_text,
                          &group.risk_remedy, &group.restaging, &group.mail_trouble}) {
    *of = text;
  }
  EpochRecord epoch = SampleEpoch(Role::kSender, "g", 1);
  epoch.error = text;
  LiveSetCheck check{.role = Role::kSender, .group = "g", .table = "t", .epoch = Epoch(1), .reason = text};
  RunRemoval removal{.run = {.workflow = "w", .run_id = "r"}, .by = text, .why = text, .cut_into = text};
  auto store = Open();
  ASSERT_TRUE(store.has_value());
  ASSERT_TRUE(RunTask((*store)->Save({}, {.groups = {group},
                                          .epochs = {epoch},
                                          .runs = {},
                                          .journals = {{.group = "g", .content = "store-canary"}},
                                          .removals = {removal},
                                          .live_set_checks = {check}})));
  const auto shown = [](const std::string& kept) {
    EXPECT_THAT(kept, testing::StartsWith("said [secret] xxx"));
    EXPECT_THAT(kept, HasSubstr("bytes left out]"));
    EXPECT_LE(kept.size(), 4'096U);
  };
  const auto back = RunTask((*store)->Group({}, Role::kSender, "g store-canary")).value();
  ASSERT_TRUE(back) << "a name is no text for people";
  for (const std::string& kept : {back->reason, back->last_error, back->last_error_remedy, back->risk_text,
                                  back->risk_remedy, back->restaging, back->mail_trouble}) {
    shown(kept);
  }
  shown(RunTask((*store)->Epochs({}, Role::kSender, "g", 1)).value().at(0).error);
  shown(RunTask((*store)->LiveSetChecks({}, Role::kSender, "g")).value().at(0).reason);
  const RunRemoval gone = RunTask((*store)->RemovedRuns({}, "w")).value().at(0);
  for (const std::string& kept : {gone.by, gone.why, gone.cut_into}) shown(kept);
  EXPECT_EQ(RunTask((*store)->Journal({}, "g")).value(), "store-canary") << "a journal is read again by the program";
}

TEST_F(SqliteStateStoreTest, SyncMetadataJoinsWhatSenderAndReceiverKnow) {
  auto store = Open();
  ASSERT_TRUE(store.has_value());
  GroupRecord sender = SampleGroup(Role::kSender, "g");
  sender.state = GroupState::kIdle;
  sender.last_error.clear();
  sender.sync_time_to_region = FromEpochMs(5'000);
  sender.sync_time_in_region.reset();
  GroupRecord receiver = SampleGroup(Role::kReceiver, "g");
  receiver.state = GroupState::kIdle;
  receiver.last_error.clear();
  receiver.sync_time_to_region.reset();
  receiver.sync_time_in_region = FromEpochMs(4'000);
  const StateChange change{.groups = {sender, receiver},
                           .epochs = {SampleEpoch(Role::kSender, "g", 4), SampleEpoch(Role::kSender, "g", 5),
                                      SampleEpoch(Role::kReceiver, "g", 4)}};
  ASSERT_TRUE(RunTask((*store)->Save({}, change)).has_value());
  EXPECT_EQ(
      Sql("SELECT workspace_name || '|' || group_name || '|' || workflow_name || '|' || tables || '|' || validated "
          "FROM sync_metadata"),
      R"(prod|g|nightly,hourly|["raw.bronze","core.silver"]|1)");
  EXPECT_EQ(Sql("SELECT sync_status || '|' || current_sync_status || '|' || sync_time_to_region || '|' || "
                "sync_time_in_region || '|' || message FROM sync_metadata"),
            "In Progress|idle|5000|4000|");
  EXPECT_EQ(Sql("SELECT json_extract(source_operation_metrics, '$.epoch') || '|' || "
                "json_extract(target_operation_metrics, '$.epoch') || '|' || "
                "json_extract(source_operation_metrics, '$.bytes') || '|' || "
                "json_extract(target_operation_metrics, '$.tables[0].replica_version') FROM sync_metadata"),
            "5|4|1000000|6");

  receiver.sync_time_in_region = FromEpochMs(5'000);
  sender.last_error = "secondary region not available";
  sender.state = GroupState::kFailed;
  ASSERT_TRUE(RunTask((*store)->Save({}, {.groups = {sender, receiver}})).has_value());
  EXPECT_EQ(Sql("SELECT sync_status || '|' || current_sync_status || '|' || message FROM sync_metadata"),
            "Success|failed|secondary region not available");
}

TEST_F(SqliteStateStoreTest, AStateThatThisProgramDoesNotKnowIsUnknown) {
  auto store = Open();
  ASSERT_TRUE(store.has_value());
  ASSERT_TRUE(RunTask((*store)->Save({}, {.groups = {SampleGroup(Role::kReceiver, "g")}})).has_value());
  Sql("UPDATE groups SET state = 'copying'");
  const auto read = RunTask((*store)->Group({}, Role::kReceiver, "g"));
  ASSERT_TRUE(read.has_value() && *read);
  EXPECT_EQ((*read)->state, GroupState::kUnknown);
  EXPECT_EQ(Sql("SELECT current_sync_status FROM sync_metadata"), "copying");
}

TEST_F(SqliteStateStoreTest, OfTwoRolesTheWorseStateSpeaksForTheGroup) {
  auto store = Open();
  ASSERT_TRUE(store.has_value());
  for (const GroupState state : kGroupStates) {
    if (state == GroupState::kStopped) continue;  // is seen, and never stored
    GroupRecord sender = SampleGroup(Role::kSender, "g");
    GroupRecord receiver = SampleGroup(Role::kReceiver, "g");
    sender.state = GroupState::kIdle;
    receiver.state = state;
    const std::string name(GroupStateName(state));
    for (int turn = 0; turn < 2; ++turn, std::swap(sender.state, receiver.state)) {
      ASSERT_TRUE(RunTask((*store)->Save({}, {.groups = {sender, receiver}})).has_value());
      EXPECT_EQ(Sql("SELECT current_sync_status FROM sync_metadata"), name);
      EXPECT_NE(std::string(kMigration013).find("('" + name + "', "), std::string::npos) << "it has a rank";
    }
  }
}

TEST_F(SqliteStateStoreTest, SyncMetadataShowsAGroupOfWhichOneRoleIsKnown) {
  auto store = Open();
  ASSERT_TRUE(store.has_value());
  ASSERT_TRUE(RunTask((*store)->Save({}, {.groups = {SampleGroup(Role::kReceiver, "g")}})).has_value());
  EXPECT_EQ(
      Sql("SELECT group_name || workflow_name || date_created || date_updated || coalesce(source_operation_metrics, "
          "'-') FROM sync_metadata"),
      "gnightly,hourly9001007-");
}

}  // namespace
}  // namespace lakeferry
