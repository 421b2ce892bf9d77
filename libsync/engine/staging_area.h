// StagingArea: one group's part of a staging location, as both roles use it: manifests, their parts, receipts.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "engine/environment.h"
#include "env/object_store.h"
#include "plan/manifest.h"
#include "plan/staging_layout.h"

namespace lakeferry::engine {

// A manifest and the digest that the next one chains to.
struct StagedEpoch {
  plan::Manifest manifest;
  std::string sha256;
};

// What lies in the place of an epoch's manifest.
struct StagedObject {
  Epoch epoch;
  std::string sha256;  // of its bytes, whatever they say
  // kCorruptLog where they are no manifest of this format; kUnsupportedTable for a newer one.
  Result<plan::Manifest> manifest;

  // Never to be read: no wait and no upgrade helps.
  [[nodiscard]] bool unreadable() const { return !manifest && manifest.error().code == ErrorCode::kCorruptLog; }
};

// Whether a receipt refuses just what lies there.
[[nodiscard]] bool Refuses(const std::optional<plan::Receipt>& receipt, const StagedObject& object);

// `env` and the store must outlive its tasks.
class StagingArea {
 public:
  StagingArea(std::shared_ptr<ObjectStore> store, std::string group, const Environment& env)
      : store_(std::move(store)), group_(std::move(group)), layout_(group_), env_(env) {}

  [[nodiscard]] ObjectStore& store() const { return *store_; }
  [[nodiscard]] const std::string& group() const { return group_; }
  [[nodiscard]] const plan::StagingLayout& layout() const { return layout_; }

  // Numbers of epochs after `after` that have a folder, ascending; one whose staging is under way has no manifest yet.
  Task<Result<std::vector<Epoch>>> EpochsAfter(Epoch after) const;
  // Absent where the epoch has no manifest (yet). kCorruptLog for a manifest that names another group or epoch.
  Task<Result<std::optional<StagedObject>>> Look(Epoch epoch) const;
  // The same, of what can be read; its errors else.
  Task<Result<std::optional<StagedEpoch>>> Read(Epoch epoch) const;
  // The same of an epoch before, which may have been refused because it cannot be read: then absent too.
  Task<Result<std::optional<StagedEpoch>>> ReadSound(Epoch epoch) const;
  // Reads one part into `sink`; kCorruptData where it is missing or its bytes are not those the manifest names.
  Task<Status> ReadPart(Epoch epoch, const plan::ManifestPart& part, plan::PartSink& sink) const;

  // A staged object that a manifest names and that is missing or wrong is one case, kCorruptData that names it: only
  // staging it again helps. Any other error comes back as it is.
  [[nodiscard]] Error AsDamage(Error error, const ObjectPath& path) const;

  // Receipts of epochs after `after`, ascending.
  Task<Result<std::vector<plan::Receipt>>> ReceiptsAfter(Epoch after) const;
  // Absent where there is none. kCorruptLog for a receipt that names another group or epoch.
  Task<Result<std::optional<plan::Receipt>>> ReadReceipt(Epoch epoch) const;
  // Puts it unless the epoch has one; kRefused where another receiver answered otherwise.
  Task<Status> PutReceipt(plan::Receipt receipt) const;

 private:
  [[nodiscard]] std::string Where(const ObjectPath& path) const;

  std::shared_ptr<ObjectStore> store_;
  std::string group_;
  plan::StagingLayout layout_;
  const Environment& env_;
};

}  // namespace lakeferry::engine
