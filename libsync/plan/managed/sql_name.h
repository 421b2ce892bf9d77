// How names and places stand in SQL: quoted, so that none of them can say anything else. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace lakeferry::plan {

// In backticks, its own doubled.
[[nodiscard]] std::string SqlQuoted(std::string_view text);
// "main.gold.orders" as `main`.`gold`.`orders`, however many parts it has.
[[nodiscard]] std::string SqlQuotedParts(std::string_view name);

// Why the text cannot stand in a statement, for people: it has a control byte, malformed UTF-8, or "${", of which the
// engine makes something else before it reads the statement. Empty where it can.
[[nodiscard]] std::string_view WhyNotInSql(std::string_view text);

}  // namespace lakeferry::plan
