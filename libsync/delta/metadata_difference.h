// What two metadata of a table have otherwise, in words: columns, partition columns and properties. Pure.
#pragma once

#include <string>
#include <vector>

#include "delta/action.h"

namespace lakeferry::delta {

// Of the source's and its replica's, which is to have the same: one text for each column or property that only one has,
// or that is another at either; empty where they are alike. Id, name, description and time of creation are not
// compared, nor are values of properties that `ignored` begins the name of. A schema that cannot be read is compared as
// a text.
[[nodiscard]] std::vector<std::string> DifferencesOf(const Metadata& source, const Metadata& replica,
                                                     const std::vector<std::string>& ignored = {});

}  // namespace lakeferry::delta
