// TableStager: brings one table's change into staging: objects first, then the parts that describe them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/change/table_change.h"
#include "engine/copy/object_copy.h"
#include "engine/copy/work_meter.h"
#include "engine/stage/file_bundles.h"
#include "engine/stage/part_writer.h"

namespace lakeferry::engine {

// `env`, `staging` and `source` must outlive its tasks.
class TableStager {
 public:
  // `leftovers`: an earlier attempt may have staged objects of this epoch; those that are what the source holds are
  // kept, not copied again. Nothing in staging is deleted or written over: other bytes are put beside it.
  TableStager(const Environment& env, const StagingArea& staging, ObjectStore& source, plan::TableSpec spec,
              Epoch epoch, delta::ReplicationMode mode, bool leftovers)
      : env_(env),
        staging_(staging),
        source_(source),
        spec_(std::move(spec)),
        epoch_(epoch),
        mode_(mode),
        leftovers_(leftovers) {}

  // Told of every file that is there; must outlive the tasks.
  void set_meter(WorkMeter* meter) { meter_ = meter; }
  // Data files are put at their places there, but for those whose names are another's: these are staged. Null: all are.
  void set_target(std::shared_ptr<ObjectStore> target) { target_ = std::move(target); }

  // The manifest's entry for the table; all it names is in staging and was verified. kSourceMovedOn for a file the cut
  // needs that is gone; kCorruptData where its size is not the log's; kRefused for an object in the way that neither
  // can be used nor avoided; kCancelled; the stores' errors.
  Task<Result<plan::ManifestTable>> Stage(Call call, TableChange change);
  // After Stage: whether an object was put into staging.
  [[nodiscard]] bool left_data() const { return left_data_; }

 private:
  // Where an object is.
  struct Located {
    ObjectPath at;  // in staging; empty: at its place below the target
    ObjectDigest digest;
    std::string etag = {};  // as Created::etag
  };
  // Where an object is read.
  struct Origin {
    std::shared_ptr<ObjectStore> imported;  // null: the source
    ObjectPath path;
  };
  using Bundle = std::vector<plan::FileToSend>;
  Task<Status> WriteActions(Call call, const TableChange& change, PartWriter& parts);
  Task<Status> AppendAll(Call call, const SpilledBytes& actions, PartWriter& parts) const;
  Task<Status> StageFiles(Call call, const TableChange& change, PartWriter& parts, plan::ManifestTable& table);
  Task<Status> StageCommits(Call call, const TableChange& change, SpilledBytes& lines, plan::ManifestTable& table);
  Task<Status> StageLogFiles(Call call, const TableChange& change, PartWriter& parts, plan::ManifestTable& table);
  // Without optional objects that are gone. An error is that of the first that has one.
  Task<Result<std::vector<plan::StagedFile>>> StageBundle(Call call, std::string table, Bundle files);
  // Where each came to. Several are small ones of the source's own root.
  Task<std::vector<Result<Located>>> CopyAll(Call call, std::string table, const Bundle& files);
  Task<Result<Located>> CopyOne(Call call, std::string table, const plan::FileToSend& file);
  // Absent where it has to be staged.
  Task<Result<std::optional<Located>>> PlaceOne(Call call, Origin from, const plan::FileToSend& file);
  [[nodiscard]] bool GoesToTarget(const plan::FileToSend& file) const;
  Task<std::vector<Result<Located>>> CopySmall(Call call, std::string table, const Bundle& files);
  [[nodiscard]] Result<ObjectPath> StagedPath(const std::string& table, const plan::FileToSend& file) const;
  // What became of a copy: absent for an optional object that is gone.
  Result<std::optional<plan::StagedFile>> Judge(const Call& call, const std::string& table,
                                                const plan::FileToSend& file, Result<Located> located);
  // Objects that go together, between the list that they stand in and the part that describes them.
  struct OnItsWay {
    std::vector<plan::FileToSend> files;
    std::vector<plan::StagedFile> staged;
  };
  // What goes together next; empty at the end.
  using Source = std::function<Task<Result<Bundle>>(size_t number)>;
  using Sink = std::function<Task<Status>(const plan::StagedFile& file)>;
  // Stages what `next` gives, several side by side, and hands them on in order, but for optional ones that are gone.
  // `counted`: the meter counts them. `count`: how many there are.
  Task<Status> StageAll(Call call, std::string table, Source next, Sink take, bool counted, int64_t count);
  static Task<Result<bool>> Fetch(Task<Result<Bundle>> next, OnItsWay& place);
  Task<Status> StageInto(Call call, std::string table, OnItsWay& place, bool counted);
  static Task<Status> Deliver(const Sink& take, OnItsWay& place);
  static Task<Result<Bundle>> NextCommit(const TableChange& change, size_t number);
  static Task<Status> TakeFile(Call call, PartWriter& parts, plan::ManifestTable& table, const plan::StagedFile& file);
  Task<Status> TakeCommit(SpilledBytes& lines, plan::ManifestTable& table, Version version, plan::StagedFile file);
  Result<Origin> OriginOf(const plan::FileToSend& file);
  ObjectStore& StoreOf(const Origin& from) { return from.imported ? *from.imported : source_; }
  // Brings `from` to `to`, or beside it where other bytes have the name. `size`: as the log says.
  Task<Result<Located>> CopyOrKeep(Call call, Origin from, ObjectPath to, std::optional<int64_t> size);
  // The name is taken: what is there is kept if it is what the source holds. Otherwise it stays, for another sender may
  // name it in a manifest at any moment, and the object goes beside it.
  Task<Result<Located>> KeepOrPutBeside(Call call, Origin from, ObjectPath to, std::optional<int64_t> size);

  const Environment& env_;
  const StagingArea& staging_;
  ObjectStore& source_;
  plan::TableSpec spec_;
  Epoch epoch_;
  delta::ReplicationMode mode_;
  bool leftovers_;
  bool left_data_ = false;
  WorkMeter* meter_ = nullptr;
  std::shared_ptr<ObjectStore> target_;
  std::map<std::string, std::shared_ptr<ObjectStore>> imports_;  // stores of import roots, by URI
};

}  // namespace lakeferry::engine
