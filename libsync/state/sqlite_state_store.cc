#include "state/sqlite_state_store.h"

#include <boost/asio/strand.hpp>
#include <utility>

#include "async/offload.h"
#include "state/records.h"
#include "state/schema.h"
#include "state/shown_change.h"

namespace lakeferry {

using sqlite::Database;
using sqlite::Transaction;

struct SqliteStateStore::Connection {
  std::unique_ptr<Database> database;
};

namespace {

Status SaveAll(const Database& database, const StateChange& change) {
  LF_TRY(Transaction transaction, Transaction::Begin(database, Transaction::Kind::kWrite));
  for (const GroupRecord& record : change.groups) LF_TRY_OK(sqlite::WriteGroup(database, record));
  for (const EpochRecord& record : change.epochs) LF_TRY_OK(sqlite::WriteEpoch(database, record));
  for (const RunRemoval& removal : change.removals) LF_TRY_OK(sqlite::WriteRemoval(database, removal));
  for (const Run& run : change.runs) LF_TRY_OK(sqlite::WriteRun(database, run));
  for (const LiveSetCheck& check : change.live_set_checks) {
    LF_TRY_OK(sqlite::WriteLiveSetCheck(database, check));
  }
  for (const JournalEntry& entry : change.journals) LF_TRY_OK(sqlite::WriteJournal(database, entry));
  for (const Instruction& instruction : change.instructions) LF_TRY_OK(sqlite::WriteInstruction(database, instruction));
  for (const Notice& notice : change.new_notices) LF_TRY_OK(sqlite::AddNotice(database, notice));
  for (const Notice& notice : change.notices) LF_TRY_OK(sqlite::ChangeNotice(database, notice));
  for (const std::string& id : change.gone_notices) LF_TRY_OK(sqlite::EraseNotice(database, id));
  return transaction.Commit();
}

// Reads of several tables see one state of the store.
template <typename Read>
std::invoke_result_t<Read&> InTransaction(const Database& database, Read read) {
  LF_TRY(Transaction transaction, Transaction::Begin(database, Transaction::Kind::kRead));
  auto result = read();
  LF_TRY_OK(transaction.Commit());
  return result;
}

}  // namespace

Result<std::unique_ptr<SqliteStateStore>> SqliteStateStore::Open(const std::string& path,
                                                                 const boost::asio::any_io_executor& pool) {
  LF_TRY(std::unique_ptr<Database> database, sqlite::OpenMetadataStore(path));
  return Over(std::move(database), pool);
}

Result<std::unique_ptr<SqliteStateStore>> SqliteStateStore::OpenInMemory(const boost::asio::any_io_executor& pool) {
  LF_TRY(std::unique_ptr<Database> database, sqlite::OpenMemoryStore());
  return Over(std::move(database), pool);
}

std::unique_ptr<SqliteStateStore> SqliteStateStore::Over(std::unique_ptr<Database> database,
                                                         const boost::asio::any_io_executor& pool) {
  auto connection = std::make_shared<Connection>(Connection{.database = std::move(database)});
  auto strand = boost::asio::make_strand(pool);
  return std::unique_ptr<SqliteStateStore>(new SqliteStateStore(std::move(connection), std::move(strand)));
}

Task<Status> SqliteStateStore::Save(Call, StateChange change) {
  auto result = co_await Offload(strand_, [use = connection_, change = sqlite::ShownChange(std::move(change))] {
    return SaveAll(*use->database, change);
  });
  co_return result;
}

Task<Result<std::optional<GroupRecord>>> SqliteStateStore::Group(Call, Role role, std::string group) {
  auto result = co_await Offload(strand_, [use = connection_, role, group = std::move(group)] {
    return InTransaction(*use->database, [&] { return sqlite::ReadGroup(*use->database, role, group); });
  });
  co_return result;
}

Task<Result<std::vector<GroupRecord>>> SqliteStateStore::Groups(Call) {
  auto result = co_await Offload(strand_, [use = connection_] {
    return InTransaction(*use->database, [&] { return sqlite::ReadGroups(*use->database); });
  });
  co_return result;
}

Task<Result<std::vector<EpochRecord>>> SqliteStateStore::Epochs(Call, Role role, std::string group, int64_t limit) {
  auto result = co_await Offload(strand_, [use = connection_, role, group = std::move(group), limit] {
    return InTransaction(*use->database, [&] { return sqlite::ReadEpochs(*use->database, role, group, limit); });
  });
  co_return result;
}

Task<Result<std::vector<LiveSetCheck>>> SqliteStateStore::LiveSetChecks(Call, Role role,
                                                                        std::optional<std::string> group) {
  auto result = co_await Offload(strand_, [use = connection_, role, group = std::move(group)] {
    return sqlite::ReadLiveSetChecks(*use->database, role, group);
  });
  co_return result;
}

Task<Result<std::string>> SqliteStateStore::Journal(Call, std::string group) {
  auto result = co_await Offload(
      strand_, [use = connection_, group = std::move(group)] { return sqlite::ReadJournal(*use->database, group); });
  co_return result;
}

Task<Result<std::vector<Run>>> SqliteStateStore::Runs(Call, std::string workflow, TimeMs since) {
  auto result = co_await Offload(strand_, [use = connection_, workflow = std::move(workflow), since] {
    return sqlite::ReadRuns(*use->database, workflow, since);
  });
  co_return result;
}

Task<Result<std::vector<RunRemoval>>> SqliteStateStore::RemovedRuns(Call, std::string workflow) {
  auto result = co_await Offload(strand_, [use = connection_, workflow = std::move(workflow)] {
    return sqlite::ReadRemovals(*use->database, workflow);
  });
  co_return result;
}

Task<Result<std::vector<Instruction>>> SqliteStateStore::Instructions(Call, Role role, std::string group,
                                                                      int64_t limit) {
  auto result = co_await Offload(strand_, [use = connection_, role, group = std::move(group), limit] {
    return sqlite::ReadInstructions(*use->database, role, group, limit);
  });
  co_return result;
}

Task<Result<std::vector<Notice>>> SqliteStateStore::Notices(Call) {
  auto result = co_await Offload(strand_, [use = connection_] { return sqlite::ReadNotices(*use->database); });
  co_return result;
}

}  // namespace lakeferry
