// Findings as a JSON document (docs/json.md, the stable contract) and as text for people. Pure but for the known
// secrets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plan/group/finding.h"

namespace lakeferry {

// How much people are told.
enum class Told {
  kAll,
  kPage,  // of many findings that differ in names and numbers alone, the first
};

// "error", "warning", "info".
[[nodiscard]] std::string_view SeverityName(plan::Severity severity);

// `lakeferry check`; errors first.
[[nodiscard]] std::string ToJson(std::vector<plan::Finding> findings);
[[nodiscard]] std::string ToText(std::vector<plan::Finding> findings, Told told = Told::kAll);
// True iff no finding is an error.
[[nodiscard]] bool IsOk(const std::vector<plan::Finding>& findings);

// What a finding says but for the names of groups and tables, places and numbers: alike for findings of one kind.
[[nodiscard]] std::string KindOf(const plan::Finding& finding);

}  // namespace lakeferry
