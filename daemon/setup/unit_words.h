// Values as systemd's unit files take them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lakeferry::setup {

// A path as one word of a list of paths, such as that of ReadWritePaths=: in quotes where it has to be, with % doubled
// and what quotes do not keep escaped. Absent for what no unit can name: not UTF-8, or control characters.
[[nodiscard]] std::optional<std::string> UnitPath(std::string_view path);

// Whether a unit can name a credential so, and a file of that name can hold it: letters, digits, '.', '_' and '-', not
// a
// '.' first.
[[nodiscard]] bool IsCredentialName(std::string_view name);

// The unit of a role, without ".service".
[[nodiscard]] std::string UnitName(std::string_view role);

// The line that lets a service write below a folder. '-': where the folder is not there, the others serve all the same.
// Absent as of UnitPath.
[[nodiscard]] std::optional<std::string> WriteLine(std::string_view folder);

}  // namespace lakeferry::setup
