// KeptTexts: small texts that were read from staging, for those who read them again.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace lakeferry::engine {

class KeptTexts {
 public:
  using Text = std::shared_ptr<const std::string>;
  // Of one text, and of all of them.
  static constexpr size_t kTextBytesMax = size_t{256} << 10;
  static constexpr size_t kBytesMax = size_t{4} << 20;

  // Texts are kept from here on.
  void Begin() { keeps_ = true; }
  // None is any more.
  void End() {
    keeps_ = false;
    texts_.clear();
    bytes_ = 0;
  }
  // Null where it is not kept.
  [[nodiscard]] Text Find(const std::string& name) const {
    const auto found = texts_.find(name);
    return found == texts_.end() ? nullptr : found->second;
  }
  void Keep(const std::string& name, Text text) {
    const size_t bytes = text->size();
    if (!keeps_ || bytes >= kTextBytesMax || bytes_ + bytes > kBytesMax) return;
    if (texts_.emplace(name, std::move(text)).second) bytes_ += bytes;
  }
  // It has become another.
  void Drop(const std::string& name) {
    const auto found = texts_.find(name);
    if (found == texts_.end()) return;
    bytes_ -= found->second->size();
    texts_.erase(found);
  }

 private:
  bool keeps_ = false;
  std::map<std::string, Text> texts_;
  size_t bytes_ = 0;
};

}  // namespace lakeferry::engine
