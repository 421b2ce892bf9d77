// ConfigVariables: `${NAME}` and `${NAME:-default}` in the values of a configuration. What a variable says is a text
// and never YAML. `$$` is one '$'; any other '$' stands for itself. Keys, and whatever says where a secret is kept,
// take no variable: a secret is named, and only who needs it reads it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/config_node.h"

namespace lakeferry {

class ConfigVariables {
 public:
  // The variable's value; absent where it is not set.
  using Lookup = std::function<std::optional<std::string>(const std::string& name)>;

  explicit ConfigVariables(Lookup lookup) : lookup_(std::move(lookup)) {}

  // Puts values in place of variables. Adds a problem for each that is not set and has no default, that stands where
  // none may, or that is written in no such form. `file` is for places.
  void Expand(ConfigNode& root, const std::string& file, ConfigProblems& problems);

  // Adds a problem for each variable that a value was taken from, and that a secret is kept in, anywhere in what was
  // expanded so far: it would show the secret.
  void CheckSecrets(ConfigProblems& problems) const;

 private:
  struct Use {
    std::string name;
    ConfigPlace place;
  };

  void ExpandNode(ConfigNode& node, const ConfigPlace& at, bool secret, ConfigProblems& problems);
  void ExpandMap(ConfigNode& map, const ConfigPlace& at, bool secret, ConfigProblems& problems);
  void ExpandText(ConfigNode& scalar, const ConfigPlace& at, ConfigProblems& problems);
  // What the text after "${" stands for, which is cut off there; absent after a problem.
  [[nodiscard]] std::optional<std::string> TakeVariable(std::string_view& rest, const ConfigPlace& at,
                                                        ConfigProblems& problems);
  [[nodiscard]] std::optional<std::string> ValueOf(const std::string& name, const std::optional<std::string>& fallback,
                                                   const ConfigPlace& at, ConfigProblems& problems);

  Lookup lookup_;
  std::vector<Use> uses_;
  std::map<std::string, ConfigPlace> secrets_;  // variables that secrets are kept in
  size_t bytes_ = 0;                            // of all values that were put in place
};

}  // namespace lakeferry
