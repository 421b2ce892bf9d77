// What `lakeferry init` asks on a terminal, where nothing was said on the command line.
#pragma once

#include <functional>
#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "base/object_path.h"
#include "base/result.h"

namespace lakeferry::setup {

// As flags say it; a URI or a path each.
struct FirstPlaces {
  std::string source;
  std::string target;
  std::string staging;  // empty: beside the replicas
};

struct FirstWords {
  FirstPlaces places = {};
  std::string region = "west";
  std::string group = "tables";
  std::string workflow = {};
  std::string mode = "clone";
};

// The tables at or below a place, which is a URI.
using TableFinder = std::function<Result<std::vector<ObjectPath>>(const std::string& uri)>;

// Asks for all of it; an empty answer takes what stands in brackets. Places are asked for until they are such, and
// until tables are found. Without an answer to the first question `places.source` is empty: an example is wanted.
// kCancelled where the answers end.
[[nodiscard]] Result<FirstWords> Ask(std::istream& in, std::ostream& out, const TableFinder& find, FirstWords words);

}  // namespace lakeferry::setup
