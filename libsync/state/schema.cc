#include "state/schema.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>

#include "state/file_error.h"
#include "state/migration_001_tables.h"
#include "state/migration_002_sync_metadata.h"
#include "state/migration_003_risk.h"
#include "state/migration_004_group_states.h"
#include "state/migration_005_clocks.h"
#include "state/migration_006_live_sets.h"
#include "state/migration_007_mail.h"
#include "state/migration_008_kinds.h"
#include "state/migration_009_owner.h"
#include "state/migration_010_places.h"
#include "state/migration_011_found.h"
#include "state/migration_012_notices.h"
#include "state/migration_013_paused.h"
#include "state/migration_014_torn.h"
#include "state/migration_015_managed.h"
#include "state/migration_016_sizes.h"
#include "state/migration_017_resumed.h"

namespace lakeferry::sqlite {
namespace {

// The n-th brings a store from version n - 1 to n.
constexpr std::array<const char*, 17> kMigrations{
    kMigration001, kMigration002, kMigration003, kMigration004, kMigration005, kMigration006,
    kMigration007, kMigration008, kMigration009, kMigration010, kMigration011, kMigration012,
    kMigration013, kMigration014, kMigration015, kMigration016, kMigration017};

constexpr char kRebuildRemedy[] =
    "move it away; it is rebuilt, but for runs entered by hand: keep it until those are entered again";
constexpr std::chrono::milliseconds kJournalModePause(20);
constexpr int kJournalModeAttempts = 250;  // 5 s in all

// A command that root enters before the daemon's first start must not leave a store that the daemon cannot open.
void GiveToOwnerOfFolder(int fd, const std::filesystem::path& folder) {
  struct stat owner{};
  if (::geteuid() != 0 || ::stat(folder.empty() ? "." : folder.c_str(), &owner) != 0) return;
  // Where the file system knows no owners there is nothing to give.
  if (::fchown(fd, owner.st_uid, owner.st_gid) != 0) errno = 0;
}

// SQLite gives its side files the mode of the main one, which therefore has to exist before.
Status CreateFile(const std::string& path) {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) return FailStateFile(error.value(), "cannot make the metadata store's folder", folder.string());
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return FailStateFile(errno, "cannot open the metadata store", path);
  struct stat stat{};
  const bool regular = ::fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode);
  if (regular && stat.st_size == 0) GiveToOwnerOfFolder(fd, folder);
  ::close(fd);
  if (!regular) return Fail(ErrorCode::kCorruptData, "the metadata store is no regular file", path, kRebuildRemedy);
  return {};
}

// A change to WAL does not wait for others by itself.
Status SwitchToWal(const Database& database) {
  for (int attempt = 1;; ++attempt) {
    const Status done = database.Execute("PRAGMA journal_mode = WAL");
    if (done || done.error().code != ErrorCode::kUnavailable || attempt == kJournalModeAttempts) return done;
    std::this_thread::sleep_for(kJournalModePause);
  }
}

Status CheckOwner(const Database& database) {
  LF_TRY(const int64_t application, database.ReadInteger("PRAGMA application_id"));
  if (application == kApplicationId) return {};
  LF_TRY(const int64_t tables, database.ReadInteger("SELECT count(*) FROM sqlite_schema"));
  if (application == 0 && tables == 0) return {};
  return Fail(ErrorCode::kCorruptData,
              fmt::format("this database is no metadata store of lakeferry (application_id {})", application),
              database.path(), kRebuildRemedy);
}

Status CheckIntegrity(const Database& database) {
  Statement check = database.Prepare("PRAGMA quick_check(1)");
  LF_TRY(const bool any, check.Next());
  const std::string verdict = any ? check.Text(0) : "no answer";
  if (verdict == "ok") return {};
  return Fail(ErrorCode::kCorruptData, fmt::format("the metadata store is damaged: {}", verdict), database.path(),
              kRebuildRemedy);
}

Status CheckVersion(const Database& database, int64_t version) {
  if (version >= 0 && version <= SchemaVersionNewest()) return {};
  return Fail(ErrorCode::kRefused,
              fmt::format("the metadata store has schema version {}, and this program knows versions up to {}", version,
                          SchemaVersionNewest()),
              database.path(),
              "run the newer lakeferry that wrote it, or move it away; it is rebuilt, but for runs entered by hand: "
              "keep it until those are entered again");
}

Status Migrate(const Database& database) {
  LF_TRY(const int64_t before, database.ReadInteger("PRAGMA user_version"));
  LF_TRY_OK(CheckVersion(database, before));
  if (before == SchemaVersionNewest()) return {};
  LF_TRY(Transaction transaction, Transaction::Begin(database, Transaction::Kind::kWrite));
  // Again under the lock: another process may have come first.
  LF_TRY(const int64_t version, database.ReadInteger("PRAGMA user_version"));
  LF_TRY_OK(CheckVersion(database, version));
  for (int64_t next = version + 1; next <= SchemaVersionNewest(); ++next) {
    LF_TRY_OK(database.Execute(kMigrations[static_cast<size_t>(next - 1)]));
  }
  LF_TRY_OK(database.Execute(fmt::format("PRAGMA user_version = {}", SchemaVersionNewest()).c_str()));
  LF_TRY_OK(database.Execute(fmt::format("PRAGMA application_id = {}", kApplicationId).c_str()));
  return transaction.Commit();
}

}  // namespace

int64_t SchemaVersionNewest() { return static_cast<int64_t>(kMigrations.size()); }

Result<std::unique_ptr<Database>> OpenMetadataStore(const std::string& path) {
  LF_TRY_OK(CreateFile(path));
  LF_TRY(std::unique_ptr<Database> database, Database::Open(path));
  LF_TRY_OK(CheckOwner(*database));
  LF_TRY_OK(SwitchToWal(*database));
  LF_TRY_OK(database->Execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON"));
  LF_TRY_OK(CheckIntegrity(*database));
  LF_TRY_OK(Migrate(*database));
  return database;
}

Result<std::unique_ptr<Database>> OpenMemoryStore() {
  LF_TRY(std::unique_ptr<Database> database, Database::Open(":memory:"));
  LF_TRY_OK(database->Execute("PRAGMA foreign_keys = ON"));
  LF_TRY_OK(Migrate(*database));
  return database;
}

}  // namespace lakeferry::sqlite
