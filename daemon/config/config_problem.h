// What is wrong with a configuration, collected so that the operator sees everything at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/place.h"

namespace lakeferry {

// A spot in the configuration. Lines and columns count from 1; 0 where the spot is a whole file.
struct ConfigPlace {
  std::string file;  // as it is opened; empty where the spot is the whole configuration
  int line = 0;
  int column = 0;
  std::string path;  // "workspaces[0].sync_groups[1].tables"; empty at the top

  auto operator<=>(const ConfigPlace&) const = default;
};

// "lakeferry.yaml:7:3 workspaces[0].sync_interval"; `file` where the place names none.
[[nodiscard]] std::string ToString(const std::string& file, const ConfigPlace& place);
// The same for errors and findings.
[[nodiscard]] Place SpotOf(const std::string& file, const ConfigPlace& place);

// Where `place` is, for somebody who looks at `here`: "line 7", or "groups.d/orders.yaml:7" in another file.
[[nodiscard]] std::string SeenFrom(const ConfigPlace& here, const ConfigPlace& place);

// The path of a key of the map at `path`, and of an element of the list there.
[[nodiscard]] std::string PathOfKey(const std::string& path, std::string_view key);
[[nodiscard]] std::string PathOfElement(const std::string& path, size_t index);

struct ConfigProblem {
  ConfigPlace place;
  std::string message;  // one sentence: what is wrong; never the text of a secret
  std::string remedy;   // how to mend it

  auto operator<=>(const ConfigProblem&) const = default;
};

// Problems in the order in which they were found; Sorted() gives them as they stand, file after file.
class ConfigProblems {
 public:
  // Problems of this file stand behind those of the files that were named before it.
  void NameFile(const std::string& file) { files_.push_back(file); }
  void Add(const ConfigPlace& place, std::string message, std::string remedy = {});
  [[nodiscard]] bool empty() const { return problems_.empty(); }
  [[nodiscard]] size_t size() const { return problems_.size(); }
  [[nodiscard]] std::vector<ConfigProblem> Sorted() const;

 private:
  std::vector<std::string> files_;
  std::vector<ConfigProblem> problems_;
};

// One line a problem: "file:line:column key: what is wrong; how to mend it". `file`: of those that name none.
[[nodiscard]] std::string ToText(const std::string& file, const std::vector<ConfigProblem>& problems);

}  // namespace lakeferry
