// MemoryScratch: Scratch in memory, for tests of the engine and simulations. One thread.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "env/scratch.h"

namespace lakeferry {

class MemoryScratch final : public Scratch {
 public:
  int opened = 0;
  std::optional<Error> failure;  // of every Append

  Result<std::unique_ptr<ScratchFile>> Open() override {
    ++opened;
    return std::make_unique<File>(this);
  }

 private:
  class File final : public ScratchFile {
   public:
    explicit File(MemoryScratch* owner) : owner_(owner) {}
    [[nodiscard]] int64_t size_bytes() const override { return static_cast<int64_t>(bytes_.size()); }
    Status Append(std::string_view bytes) override {
      if (owner_->failure) return std::unexpected(*owner_->failure);
      bytes_ += bytes;
      return {};
    }
    Result<size_t> ReadAt(int64_t offset, std::span<char> buffer) const override {
      const std::string_view rest =
          std::string_view(bytes_).substr(std::min(static_cast<size_t>(offset), bytes_.size()));
      return rest.copy(buffer.data(), buffer.size());
    }

   private:
    MemoryScratch* owner_;
    std::string bytes_;
  };
};

}  // namespace lakeferry
