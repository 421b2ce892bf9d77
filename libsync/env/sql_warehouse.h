// SqlWarehouse: what runs SQL over the tables of a catalog that nobody else may write: a SQL warehouse of a Databricks
// workspace. It belongs to the region of a group's targets. Calls end within the deadline they are given.
#pragma once

#include <functional>
#include <string>

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "base/sql_rows.h"

namespace lakeferry {

struct WarehouseInfo {
  std::string name;   // as people named it
  std::string state;  // the service's word: "RUNNING", "STOPPED"

  bool operator==(const WarehouseInfo&) const = default;
};

// Awaited now and then while a statement runs, so that somebody sees that it does; may be empty.
using SqlPulse = std::function<Task<void>()>;

// Errors of all: kUnauthorized, kThrottled, kUnavailable, kCancelled; kCorruptData for an answer that is none of such a
// service's, and where the address has no warehouses at all; kInvalidArgument for what the service refuses.
class SqlWarehouse {
 public:
  virtual ~SqlWarehouse() = default;
  // Runs one statement to its end, which may take hours. A stop or a deadline cancels it there, and whether it was done
  // all the same is not known then, nor after kUnavailable. Beside the errors above:
  //   kNotFound      the table or folder that it names is not there
  //   kUnauthorized  also what the login may not do with it
  virtual Task<Result<SqlRows>> Run(Call call, std::string statement, SqlPulse pulse) = 0;
  // Changes nothing, and starts none that has stopped. kNotFound where the workspace has none of that id.
  virtual Task<Result<WarehouseInfo>> Look(Call call) = 0;
  // "the SQL warehouse 0123abcd of https://host", for people.
  [[nodiscard]] virtual std::string name() const = 0;
};

class SqlWarehouses {
 public:
  virtual ~SqlWarehouses() = default;
  // Which clones the replicas of a group of the configuration, by its name; null where none is to. Lives as long as
  // this.
  [[nodiscard]] virtual SqlWarehouse* WarehouseOf(const std::string& group) = 0;
};

}  // namespace lakeferry
