#include "plan/managed/clone_sql.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/location.h"
#include "base/shown_text.h"
#include "plan/managed/sql_name.h"

namespace lakeferry::plan {
namespace {

constexpr size_t kNamePartBytesMax = 255;

std::unexpected<Error> NotInSql(std::string_view what, std::string_view text, std::string_view why) {
  return Fail(ErrorCode::kInvalidArgument, fmt::format("the {} '{}' cannot stand in SQL: {}", what, OneLine(text), why),
              {}, fmt::format("give the table another {}, or leave out apply: sql_clone", what));
}

Status CheckText(std::string_view what, std::string_view text) {
  const std::string_view why = WhyNotInSql(text);
  if (why.empty()) return {};
  return NotInSql(what, text, why);
}

Result<std::string> QuotedName(std::string_view name) {
  LF_TRY_OK(CheckText("name", name));
  std::array<std::string_view, 3> parts;
  std::string_view rest = name;
  for (size_t i = 0; i < parts.size(); ++i) {
    const size_t dot = i + 1 < parts.size() ? rest.find('.') : rest.size();
    if (dot == std::string_view::npos) return NotInSql("name", name, "it is not of the form catalog.schema.table");
    parts[i] = rest.substr(0, dot);
    rest.remove_prefix(std::min(rest.size(), dot + 1));
    if (parts[i].empty() || parts[i].size() > kNamePartBytesMax ||
        parts[i].find_first_of(".") != std::string_view::npos) {
      return NotInSql("name", name, "it is not of the form catalog.schema.table");
    }
  }
  return SqlQuotedParts(name);
}

Result<std::string> QuotedPlace(std::string_view uri) {
  LF_TRY_OK(CheckText("location", uri));
  LF_TRY(const Location location, Location::Parse(uri));
  if (location.scheme() == Scheme::kAz) {
    return NotInSql("location", uri,
                    "no warehouse knows az://; write abfss://container@account.dfs.core.windows.net/…");
  }
  return "delta." + SqlQuoted(location.Print());
}

}  // namespace

Result<std::string> CloneStatement(std::string_view name, std::string_view uri, Version version) {
  LF_TRY(const std::string table, QuotedName(name));
  LF_TRY(const std::string replica, QuotedPlace(uri));
  return fmt::format("CREATE OR REPLACE TABLE {} DEEP CLONE {} VERSION AS OF {}", table, replica, version.value());
}

Result<std::string> HistoryStatement(std::string_view name) {
  LF_TRY(const std::string table, QuotedName(name));
  return fmt::format("DESCRIBE HISTORY {} LIMIT {}", table, kHistoryEntriesMax);
}

Result<std::string> ReplicaStatement(std::string_view uri) {
  LF_TRY(const std::string replica, QuotedPlace(uri));
  return fmt::format("DESCRIBE HISTORY {} LIMIT 1", replica);
}

Status CheckCloneable(std::string_view name, std::string_view uri) {
  LF_TRY_OK(QuotedName(name));
  LF_TRY_OK(QuotedPlace(uri));
  return {};
}

}  // namespace lakeferry::plan
