#include "tests/support/live_files.h"

#include <algorithm>

#include "delta/file_path.h"

namespace lakeferry::delta {

Status LiveFiles::OnLive(AddFile&& add) {
  LF_TRY(std::string key, FileKey(add.path, add.deletion_vector));
  files_.insert_or_assign(std::move(key), std::move(add));
  return {};
}

std::optional<AddFile> LiveFiles::Take(const std::string& key) {
  auto node = files_.extract(key);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped());
}

const AddFile* LiveFiles::Find(const std::string& key) const {
  const auto at = files_.find(key);
  return at == files_.end() ? nullptr : &at->second;
}

std::vector<const std::pair<const std::string, AddFile>*> LiveFiles::Sorted() const {
  std::vector<const std::pair<const std::string, AddFile>*> sorted;
  sorted.reserve(files_.size());
  for (const auto& entry : files_) sorted.push_back(&entry);
  std::ranges::sort(sorted, {}, [](const auto* entry) -> const std::string& { return entry->first; });
  return sorted;
}

}  // namespace lakeferry::delta
