// SqliteStateStore: StateStore in one SQLite file. Its calls run one after another on a strand of the pool, so that the
// connection is used by one thread at a time; other processes may use the same file.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>
#include <vector>

#include "env/state_store.h"

namespace lakeferry {

namespace sqlite {
class Database;
}

class SqliteStateStore : public StateStore {
 public:
  // Opens, creates or migrates the file at `path`; blocking, for the start of the process. The pool must outlive the
  // store. kRefused: the file was written by a newer program. kUnauthorized: no right to use it. Else as StateStore.
  static Result<std::unique_ptr<SqliteStateStore>> Open(const std::string& path,
                                                        const boost::asio::any_io_executor& pool);

  // An empty store of this process alone, for commands that look at what is not there yet.
  static Result<std::unique_ptr<SqliteStateStore>> OpenInMemory(const boost::asio::any_io_executor& pool);

  Task<Status> Save(Call call, StateChange change) override;
  Task<Result<std::optional<GroupRecord>>> Group(Call call, Role role, std::string group) override;
  Task<Result<std::vector<GroupRecord>>> Groups(Call call) override;
  Task<Result<std::vector<EpochRecord>>> Epochs(Call call, Role role, std::string group, int64_t limit) override;
  Task<Result<std::vector<LiveSetCheck>>> LiveSetChecks(Call call, Role role,
                                                        std::optional<std::string> group) override;
  Task<Result<std::string>> Journal(Call call, std::string group) override;
  Task<Result<std::vector<Run>>> Runs(Call call, std::string workflow, TimeMs since) override;
  Task<Result<std::vector<RunRemoval>>> RemovedRuns(Call call, std::string workflow) override;
  Task<Result<std::vector<Instruction>>> Instructions(Call call, Role role, std::string group, int64_t limit) override;
  Task<Result<std::vector<Notice>>> Notices(Call call) override;

 private:
  struct Connection;
  static std::unique_ptr<SqliteStateStore> Over(std::unique_ptr<sqlite::Database> database,
                                                const boost::asio::any_io_executor& pool);
  SqliteStateStore(std::shared_ptr<Connection> connection, boost::asio::any_io_executor strand)
      : connection_(std::move(connection)), strand_(std::move(strand)) {}

  const std::shared_ptr<Connection> connection_;  // shared with calls on the strand
  const boost::asio::any_io_executor strand_;
};

}  // namespace lakeferry
