// Wildcards among the tables of a group, `catalog.schema.*`, and what it excludes of them.
#pragma once

#include <string>
#include <vector>

#include "daemon/config/config_reader.h"
#include "daemon/config/region_places.h"
#include "plan/group/group_spec.h"

namespace lakeferry {

// Fills `spec`, which outlives it, as do the others.
class PatternReader {
 public:
  PatternReader(ConfigMap& group, const RegionSettings& regions, plan::GroupSpec& spec)
      : group_(group), regions_(regions), spec_(spec) {}

  // Whether the entry of `tables` is a wildcard; then it was read, or problems were added.
  [[nodiscard]] bool Read(const ConfigMap::Element& element, const std::vector<std::string>& import_roots);
  // The key `exclude`, after all entries.
  void ReadExcluded();

 private:
  void Add(const ConfigText& name, const std::vector<std::string>& import_roots);

  ConfigMap& group_;
  const RegionSettings& regions_;
  plan::GroupSpec& spec_;
};

}  // namespace lakeferry
