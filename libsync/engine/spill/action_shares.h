// ActionShares: the file actions of many commits in scratch, shared out by the files that they name, so that what they
// come to can be decided a share at a time (plan/change/net_change.h) in little memory.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "delta/commit_collector.h"
#include "engine/spill/spilled_bytes.h"

namespace lakeferry::engine {

// What stands for the file that a path of the log names. Paths that may be one file, at the source or at the replica,
// have one name.
using FileNamer = std::function<std::string(const std::string& path)>;

inline constexpr size_t kShares = 64;
// Which of them has the files of that name: of the same in every process, so that the order of what comes of it is.
[[nodiscard]] size_t ShareOf(std::string_view name);

// What a file action takes while it is folded, with all its copies.
[[nodiscard]] size_t FoldedBytes(const std::string& path, const std::optional<delta::DeletionVector>& vector);

// One for each share. Memory: Limits::copy_buffer_bytes together.
[[nodiscard]] std::vector<SpilledBytes> OpenShares(const Environment& env);

class ActionShares {
 public:
  using Taker = std::function<Status(delta::Commit, bool removes)>;

  // `shelf` gets each action first. All must outlive it.
  ActionShares(const Environment& env, FileNamer namer, delta::ActionShelf* shelf, int64_t newest_at_base_ms);

  // Blocking: called on a pool. Commits come one after another: actions of `version`, then EndCommit.
  // kUnsupportedTable where a share gets more than Limits::folded_bytes, and is full; the shelf's and the scratch's
  // errors.
  Status Add(Version version, delta::AddFile add);
  Status Add(Version version, delta::RemoveFile remove);
  Status Add(Version version, delta::AddCdcFile cdc);
  void EndCommit(Version version);

  [[nodiscard]] bool full() const { return full_; }
  // False: no net of these actions is in doubt of the table at the base.
  [[nodiscard]] bool may_need_base() const { return may_need_base_; }

  // Hands on what each commit has of the share, in their order, and whether the commit removes any file; nothing else
  // of a commit. `place_of` names a commit in errors. Blocking: called on a pool. kCorruptLog for a file that is named
  // twice in a commit; the taker's and the scratch's errors.
  Status Give(size_t share, const std::function<std::string(Version)>& place_of, const Taker& take) const;

 private:
  Status Append(Version version, int64_t place, size_t folded, const std::string& path, const std::string& line);

  const Limits& limits_;
  FileNamer namer_;
  delta::ActionShelf* shelf_;
  int64_t newest_at_base_ms_;
  std::vector<SpilledBytes> shares_;
  std::vector<size_t> folded_;  // of each
  std::vector<Version> removing_;
  bool removes_ = false;  // the commit at hand
  bool says_unchanged_ = false;
  bool full_ = false;
  bool may_need_base_ = false;
};

// Shares the file actions of one commit out, and leaves the rest of it to `rest`. All must outlive it.
class SharingSink final : public delta::ActionSink {
 public:
  SharingSink(Version version, ActionShares* shares, delta::ActionSink* rest)
      : version_(version), shares_(shares), rest_(rest) {}

  Status OnAdd(delta::AddFile&& add) override { return shares_->Add(version_, std::move(add)); }
  Status OnRemove(delta::RemoveFile&& remove) override { return shares_->Add(version_, std::move(remove)); }
  Status OnCdc(delta::AddCdcFile&& cdc) override { return shares_->Add(version_, std::move(cdc)); }
  Status OnMetadata(delta::Metadata&& metadata) override { return rest_->OnMetadata(std::move(metadata)); }
  Status OnProtocol(delta::Protocol&& protocol) override { return rest_->OnProtocol(std::move(protocol)); }
  Status OnTxn(delta::Txn&& txn) override { return rest_->OnTxn(std::move(txn)); }
  Status OnDomainMetadata(delta::DomainMetadata&& domain) override {
    return rest_->OnDomainMetadata(std::move(domain));
  }
  Status OnCommitInfo(delta::CommitInfo&& info) override { return rest_->OnCommitInfo(std::move(info)); }

 private:
  Version version_;
  ActionShares* shares_;
  delta::ActionSink* rest_;
};

}  // namespace lakeferry::engine
