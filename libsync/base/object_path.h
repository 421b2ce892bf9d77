// ObjectPath: the name of an object below a store's root, which cannot leave that root.
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lakeferry {

// The longest path, in bytes.
inline constexpr size_t kObjectPathBytesMax = 1024;

// '/'-separated, relative. Invariants: no empty, "." or ".." segment, no control byte, no backslash-only tricks
// (a backslash is an ordinary byte), at most 1,024 bytes. The empty path is the root itself.
class ObjectPath {
 public:
  ObjectPath() = default;

  // kInvalidArgument naming what is wrong with the path.
  [[nodiscard]] static Result<ObjectPath> Make(std::string_view text);
  // For literals and joined parts that are known to be valid; a bad one is a bug.
  [[nodiscard]] static ObjectPath Of(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  // The part after the last '/', the whole where there is none.
  [[nodiscard]] std::string_view name() const;
  // The part before the last '/', empty where there is none.
  [[nodiscard]] ObjectPath parent() const;
  // Appends one or more segments; `rest` must itself be a valid path.
  [[nodiscard]] ObjectPath operator/(const ObjectPath& rest) const;
  [[nodiscard]] ObjectPath operator/(std::string_view rest) const { return *this / Of(rest); }
  // True iff this path is `folder` or below it.
  [[nodiscard]] bool IsBelow(const ObjectPath& folder) const;

  auto operator<=>(const ObjectPath&) const = default;

 private:
  explicit ObjectPath(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// One path segment out of any text, reversible and free of '/', '%'-encoding every byte outside [A-Za-z0-9._-] and a
// leading '.'. Used for group and table names in staging.
[[nodiscard]] std::string EncodeSegment(std::string_view text);

}  // namespace lakeferry
