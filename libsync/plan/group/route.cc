#include "plan/group/route.h"

#include <algorithm>

namespace lakeferry::plan {

const TableSpec* Route::Find(const std::string& table) const {
  const auto it = std::ranges::find(tables, table, &TableSpec::name);
  return it == tables.end() ? nullptr : &*it;
}

}  // namespace lakeferry::plan
