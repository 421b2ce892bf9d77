// The files of a mirror's cut: what its commits name, once, as far as the table's history asks for it, and what of it
// the table needs at the cut, which may not be missing.
#pragma once

#include <string>
#include <vector>

#include "engine/change/table_change.h"
#include "engine/log/range_fold.h"
#include "plan/change/file_set.h"
#include "plan/change/net_change.h"

namespace lakeferry::engine {

// Since a base. Errors of all that add: as of FileSet, NetChange and `change`. Memory: that of a net, and 21 to 32
// bytes a file.
class MirrorFilesSince final : public NetSink {
 public:
  // `scan` has a base. The files go into `change`, the live set too; `env` and both must outlive it.
  MirrorFilesSince(const Environment& env, const TableScan& scan, uint64_t seed, TableChange* change);

  void BeginNet() override;
  Status Take(delta::Commit commit, bool removes) override;
  plan::NetChange& net() override { return net_; }
  // Hands on what the table needs at the cut.
  Status EndNet() override;
  // After the last net: hands the other files on.
  Task<Status> Finish();

 private:
  [[nodiscard]] bool AtReplica(const std::string& path) const { return net_.WasLiveAtBase(path); }
  Status AddOfCommit(const delta::AddFile& add);
  Status NoteVector(const delta::AddFile& add);
  Status NoteSettled();
  Status RequireNet(const std::vector<delta::AddFile>& adds);

  const Environment& env_;
  plan::FileSet files_;
  plan::History history_;
  TableChange* change_;
  int64_t newest_at_base_ms_;
  plan::NetChange net_;
  // Named by a commit, and the cut may do without: those of the net at hand, and of the nets before.
  std::vector<plan::FileToSend> optional_;
  FilesToSend all_optional_;
};

// What FoldRange is to know of a mirror's paths: the object.
[[nodiscard]] std::string MirrorObjectName(const std::string& path);

// Of a whole table: first its live files at the cut, which it needs, then what commits and a checkpoint name besides.
// Memory: 21 to 32 bytes a file.
class WholeMirrorFiles {
 public:
  WholeMirrorFiles(const TableScan& scan, uint64_t seed, TableChange* change);

  // Takes the live files of the cut, and their live set. Its Restart voids all.
  [[nodiscard]] delta::FileSink& live() { return live_; }
  // Takes those of the checkpoint with which the log begins.
  [[nodiscard]] delta::FileSink& first() { return first_; }
  // Takes every commit, the newest first.
  [[nodiscard]] delta::ActionSink& commits() { return commits_; }
  // All that the commits name.
  [[nodiscard]] const std::vector<delta::Protocol>& protocols() const { return commits_.protocols; }

 private:
  class LiveFiles final : public delta::FileSink {
   public:
    explicit LiveFiles(WholeMirrorFiles* owner) : owner_(owner) {}
    Status OnLive(delta::AddFile&& add) override;
    void Restart() override;

   private:
    WholeMirrorFiles* owner_;
  };
  // Should it begin again, what it handed on stays: files that may be missing.
  class FirstFiles final : public delta::FileSink {
   public:
    explicit FirstFiles(plan::FileSet* files) : files_(files) {}
    Status OnLive(delta::AddFile&& add) override;
    void Restart() override {}

   private:
    plan::FileSet* files_;
  };
  class CommitFiles final : public delta::ActionSink {
   public:
    CommitFiles(plan::FileSet* files, plan::History history) : files_(files), history_(history) {}
    Status OnAdd(delta::AddFile&& add) override;
    Status OnCdc(delta::AddCdcFile&& cdc) override;
    Status OnRemove(delta::RemoveFile&& remove) override;
    Status OnProtocol(delta::Protocol&& protocol) override;

    std::vector<delta::Protocol> protocols;

   private:
    plan::FileSet* files_;
    plan::History history_;
  };

  TableChange* change_;
  plan::FileSet files_;
  LiveFiles live_{this};
  FirstFiles first_{&files_};
  CommitFiles commits_;
};

}  // namespace lakeferry::engine
