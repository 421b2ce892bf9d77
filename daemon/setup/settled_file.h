// A text file that is brought to what it should say, and what that changed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakeferry::setup {

struct SettledFile {
  enum class Change { kCreated, kChanged, kUnchanged };
  std::string path;
  std::string text;
  Change change = Change::kUnchanged;
  std::vector<std::string> removed;  // lines, without comments
  std::vector<std::string> added;    // likewise

  bool operator==(const SettledFile&) const = default;
};

// "created", "changed", "unchanged".
[[nodiscard]] std::string_view ChangeName(SettledFile::Change change);

// What writing `text` to `path` would come to, by what is there. kRefused where that is another's: its text does not
// begin with `mark`. Errors of reading it as the file system has them.
[[nodiscard]] Result<SettledFile> Compare(std::string path, std::string text, std::string_view mark);

// Writes it, whole or not at all, where it is not unchanged, and makes its folder where that is missing. As root the
// file has the group of its folder, so that who may look into that folder may read it. kRefused where the file has come
// into being meanwhile; kUnauthorized and kOutOfSpace as the file system has it.
[[nodiscard]] Status Write(const SettledFile& file, unsigned mode);

}  // namespace lakeferry::setup
