// What is wrong with a configuration file, collected so that the operator sees everything at once.
#pragma once

#include <string>
#include <vector>

namespace lakeferry {

// A spot in the configuration file. Lines and columns count from 1; 0 where the spot is the whole file.
struct ConfigPlace {
  int line = 0;
  int column = 0;
  std::string path;  // "workspaces[0].sync_groups[1].tables"; empty at the top

  auto operator<=>(const ConfigPlace&) const = default;
};

// "lakeferry.yaml:7:3 workspaces[0].sync_interval".
[[nodiscard]] std::string ToString(const std::string& file, const ConfigPlace& place);

struct ConfigProblem {
  ConfigPlace place;
  std::string message;  // one sentence: what is wrong; never the text of a secret
  std::string remedy;   // how to mend it

  auto operator<=>(const ConfigProblem&) const = default;
};

// Problems in the order in which they were found; Sorted() gives them as they stand in the file.
class ConfigProblems {
 public:
  void Add(const ConfigPlace& place, std::string message, std::string remedy = {});
  [[nodiscard]] bool empty() const { return problems_.empty(); }
  [[nodiscard]] std::vector<ConfigProblem> Sorted() const;

 private:
  std::vector<ConfigProblem> problems_;
};

// One line a problem: "file:line:column key: what is wrong; how to mend it".
[[nodiscard]] std::string ToText(const std::string& file, const std::vector<ConfigProblem>& problems);

}  // namespace lakeferry
