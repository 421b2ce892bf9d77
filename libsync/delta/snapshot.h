// Snapshot: the state of a table at one version (protocol: "Action Reconciliation"). Its files are not part of it: a
// replay hands them to a FileSink one by one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/saturated.h"
#include "base/time.h"
#include "delta/action.h"

namespace lakeferry::delta {

struct Snapshot {
  Version version;
  TimeMs timestamp;  // in-commit timestamp where enabled, else the commit file's time
  Protocol protocol;
  Metadata metadata;
  std::map<std::string, Txn> txns;                // by appId
  std::map<std::string, DomainMetadata> domains;  // not removed ones, by domain
  std::optional<CommitInfo> commit_info;          // of this version's commit, where it was read
};

// Receives the files of one version, in no order that means anything. Called on one thread at a time.
class FileSink {
 public:
  virtual ~FileSink() = default;
  // A live file; each once. An error ends the replay and is returned.
  virtual Status OnLive(AddFile&& add) = 0;
  // A file that was removed and is not live, by its newest remove; however old the tombstone is.
  virtual Status OnTombstone(RemoveFile&& /*remove*/) { return {}; }
  // Everything so far is void: the replay begins again, from another checkpoint.
  virtual void Restart() = 0;
  // False: only the rest of the table's state is wanted. Files are then neither handed on nor checked, and not read
  // where a log lets them be passed over: in Parquet they are other columns, in JSON their lines are still gone
  // through.
  [[nodiscard]] virtual bool wants_files() const { return true; }
};

// Wants none.
class NoFiles final : public FileSink {
 public:
  Status OnLive(AddFile&&) override { return {}; }
  void Restart() override {}
  [[nodiscard]] bool wants_files() const override { return false; }
};

// Counts the files and keeps none.
class FileTotals final : public FileSink {
 public:
  Status OnLive(AddFile&& add) override {
    ++files;
    bytes = AddSaturated(bytes, add.size);
    return {};
  }
  void Restart() override { *this = {}; }

  int64_t files = 0;
  int64_t bytes = 0;
};

// Keeps the live files as they come, some 1 kB each.
class AllAdds final : public FileSink {
 public:
  Status OnLive(AddFile&& add) override {
    adds.push_back(std::move(add));
    return {};
  }
  void Restart() override { adds.clear(); }

  std::vector<AddFile> adds;
};

}  // namespace lakeferry::delta
