#include "base/secret.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace lakeferry {

// Whole pages, so that what the kernel is told of them concerns nothing else.
class Secret::Memory {
 public:
  explicit Memory(size_t size_max) : room_(size_max + 1) {  // a NUL at the end
    void* bytes = ::mmap(nullptr, room_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    LF_CHECK(bytes != MAP_FAILED, "out of memory");
    bytes_ = static_cast<char*>(bytes);
    LF_CHECK(::madvise(bytes_, room_, MADV_DONTDUMP) == 0, "memory cannot be kept out of core files");
    // Not always granted, and only one guard of several.
    locked_ = ::mlock(bytes_, room_) == 0;
  }
  ~Memory() {
    ::explicit_bzero(bytes_, room_);
    if (locked_) ::munlock(bytes_, room_);
    ::munmap(bytes_, room_);
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  [[nodiscard]] std::span<char> room() { return {bytes_, room_ - 1}; }
  void set_size(size_t size) {
    LF_CHECK(size < room_, "a secret is larger than its room");
    size_ = size;
    bytes_[size] = '\0';
  }
  [[nodiscard]] std::string_view text() const { return {bytes_, size_}; }

 private:
  size_t room_;
  char* bytes_ = nullptr;
  size_t size_ = 0;
  bool locked_ = false;
};

Secret::Secret(std::string&& value)
    : Secret(Filled(value.size(), [&value](std::span<char> room) {
        std::ranges::copy(value, room.begin());
        return value.size();
      })) {
  value.resize(value.capacity());  // a short text lies in the string itself
  ::explicit_bzero(value.data(), value.size());
}

Secret Secret::Filled(size_t size_max, const std::function<size_t(std::span<char>)>& fill) {
  auto memory = std::make_shared<Memory>(size_max);
  memory->set_size(fill(memory->room()));
  Secret secret;
  secret.memory_ = std::move(memory);
  return secret;
}

std::string_view Secret::Reveal() const { return memory_ ? memory_->text() : std::string_view(""); }

}  // namespace lakeferry
