// Secret: a token, key or password. It cannot be printed, compared by accident or formatted. Its bytes lie in memory of
// their own: none on the stack or the heap, none in a core file, not swapped where the system allows it, and wiped when
// the last copy dies. Copies share them. Any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace lakeferry {

class Secret {
 public:
  Secret() = default;
  // Copies the bytes and wipes `value`; what the caller made it of is the caller's to wipe.
  explicit Secret(std::string&& value);
  // At most `size_max` bytes, written in place: `fill` gets the room and returns how many of it are the secret.
  [[nodiscard]] static Secret Filled(size_t size_max, const std::function<size_t(std::span<char>)>& fill);

  // For the one call that sends it; a NUL follows. Never log, store or put into an error what this returns.
  [[nodiscard]] std::string_view Reveal() const;
  [[nodiscard]] bool empty() const { return Reveal().empty(); }

 private:
  class Memory;
  std::shared_ptr<const Memory> memory_;
};

}  // namespace lakeferry
