// CommitCollector: collects one commit as a value from its actions, however they are read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "delta/commit_json.h"
#include "delta/commit_rules.h"

namespace lakeferry::delta {

class CommitCollector final : public ActionSink {
 public:
  // `where` names the commit in errors and must outlive this object.
  explicit CommitCollector(std::string_view where) : rules_(where) {}

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
  Commit commit_;
};

}  // namespace lakeferry::delta
