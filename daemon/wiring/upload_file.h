// UploadFile: where unfinished uploads go on, in a file beside the metadata store that only its owner reads, as JSON.
// It holds nothing else, so that it may be lost, deleted or left out of a backup at any time: such uploads begin anew.
#pragma once

#include <map>
#include <string>

#include "env/clock.h"
#include "storage/cloud/upload_book.h"

namespace lakeferry {

class UploadFile final : public UploadBook {
 public:
  // `clock` outlives it. Nothing is read or kept before Use.
  explicit UploadFile(const Clock& clock) : clock_(clock) {}

  // "<metadata_store>.uploads", from now on. Nothing is kept beside a metadata store that is not there.
  void Use(std::string metadata_store) { metadata_store_ = std::move(metadata_store); }

  std::optional<KeptUpload> Find(const std::string& object) override;
  void Keep(const std::string& object, Secret session, int64_t size_bytes) override;
  void Forget(const std::string& object) override;
  std::vector<std::pair<std::string, KeptUpload>> Below(const std::string& prefix) override;

 private:
  using Entries = std::map<std::string, KeptUpload>;  // by object

  [[nodiscard]] std::string Path() const { return metadata_store_ + ".uploads"; }
  // Those whose time is not over. A file that others may read or write is not believed.
  [[nodiscard]] Entries All() const;
  void Write(const Entries& entries) const;

  const Clock& clock_;
  std::string metadata_store_;  // empty: none
};

}  // namespace lakeferry
