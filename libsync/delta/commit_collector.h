// CommitCollector: collects one commit as a value from its actions, however they are read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "delta/commit_json.h"
#include "delta/commit_rules.h"
#include "delta/state_room.h"

namespace lakeferry::delta {

// Takes out of file actions what is only carried on (statistics, tags, partition values), so that commits which hold
// much of it are small as values.
class ActionShelf {
 public:
  virtual ~ActionShelf() = default;
  // Where the action can be found again as it was; below 0: nothing was taken out. Leaves path, vector, sizes, times,
  // flags and the number of rows. What it fails with ends the reading.
  virtual Result<int64_t> Put(AddFile& add) = 0;
  virtual Result<int64_t> Put(RemoveFile& remove) = 0;
  // Whether a change file is wanted at all, of which the path and size are left.
  virtual Result<bool> Wants(AddCdcFile& cdc) = 0;
};

class CommitCollector final : public ActionSink {
 public:
  // `where` names the commit in errors and must outlive this object.
  // `shelf`, where there is one, gets every add and remove first, and must outlive this object too.
  explicit CommitCollector(std::string_view where, ActionShelf* shelf = nullptr) : rules_(where), shelf_(shelf) {}

  Status OnAdd(AddFile&& add) override;
  Status OnRemove(RemoveFile&& remove) override;
  Status OnCdc(AddCdcFile&& cdc) override;
  Status OnMetadata(Metadata&& metadata) override;
  Status OnProtocol(Protocol&& protocol) override;
  Status OnTxn(Txn&& txn) override;
  Status OnDomainMetadata(DomainMetadata&& domain) override;
  Status OnCommitInfo(CommitInfo&& info) override;

  // After the last action. kCorruptLog as in ParseCommit.
  Result<Commit> Finish() &&;

 private:
  [[nodiscard]] std::vector<std::string> Keys() const;

  CommitRules rules_;
  ActionShelf* shelf_;
  StateRoom room_;
  Commit commit_;
};

}  // namespace lakeferry::delta
