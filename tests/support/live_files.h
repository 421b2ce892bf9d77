// LiveFiles: the files of a small table by logical key, all in memory, for tests that look at them.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "delta/snapshot.h"

namespace lakeferry::delta {

class LiveFiles final : public FileSink {
 public:
  // kInvalidArgument for a path that no key can be made of.
  Status OnLive(AddFile&& add) override;
  void Restart() override { files_.clear(); }

  // The file that was live under the key, if any.
  std::optional<AddFile> Take(const std::string& key);
  [[nodiscard]] const AddFile* Find(const std::string& key) const;
  [[nodiscard]] size_t size() const { return files_.size(); }
  // By key, so that two runs see the same order.
  [[nodiscard]] std::vector<const std::pair<const std::string, AddFile>*> Sorted() const;

 private:
  std::unordered_map<std::string, AddFile> files_;
};

}  // namespace lakeferry::delta
