// MemoryUploads: where unfinished uploads go on, as a test looks at it or says it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/cloud/upload_book.h"

namespace lakeferry {

class MemoryUploads final : public UploadBook {
 public:
  std::optional<KeptUpload> Find(const std::string& object) override {
    const auto found = kept.find(object);
    return found == kept.end() ? std::nullopt : std::optional(found->second);
  }
  void Keep(const std::string& object, Secret session, int64_t size_bytes) override {
    kept[object] = {.session = std::move(session), .size_bytes = size_bytes, .begun = now};
  }
  void Forget(const std::string& object) override { kept.erase(object); }
  std::vector<std::pair<std::string, KeptUpload>> Below(const std::string& prefix) override {
    std::vector<std::pair<std::string, KeptUpload>> below;
    for (const auto& one : kept) {
      if (one.first.starts_with(prefix)) below.push_back(one);
    }
    return below;
  }

  std::map<std::string, KeptUpload> kept;
  TimeMs now;
};

}  // namespace lakeferry
