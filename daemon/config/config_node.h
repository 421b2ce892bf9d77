// ConfigNode: a configuration text as a tree of plain values with their places, so that one file alone knows yaml-cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/config_problem.h"

namespace lakeferry {

struct ConfigNode {
  enum class Kind { kNull, kScalar, kList, kMap };
  struct Key {
    std::string text;
    int line = 0;
    int column = 0;
  };

  Kind kind = Kind::kNull;
  std::string text;               // kScalar: as written, without quotes
  bool quoted = false;            // kScalar: it stood in quotes, so it is a string whatever it looks like
  bool from_variable = false;     // kScalar: a variable says it, so it is what its key takes, whatever it looks like
  bool reported = false;          // a problem was added for it: nobody adds another
  int line = 0;                   // from 1
  int column = 0;                 // from 1
  std::vector<ConfigNode> items;  // kList: the elements; kMap: the values
  std::vector<Key> keys;          // kMap: the keys, one for each item, as often as they stand there
};

// Reads one YAML or JSON document (JSON is read as YAML). Returns the null node after adding a problem when the text is
// not one document, has keys that are no plain words, carries tags, is not UTF-8, or is unreasonably large or deep.
// Aliases are what they stand for, with its places; `file` is only a name for places.
[[nodiscard]] ConfigNode ParseConfigText(std::string_view text, const std::string& file, ConfigProblems& problems);

}  // namespace lakeferry
