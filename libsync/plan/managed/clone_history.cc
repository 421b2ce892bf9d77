#include "plan/managed/clone_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/location.h"
#include "base/shown_text.h"
#include "json/reader.h"
#include "plan/managed/clone_sql.h"

namespace lakeferry::plan {
namespace {

constexpr size_t kParametersBytesMax = size_t{64} << 10;
constexpr size_t kShownOfUserMax = 256;
// What engines and the catalog do to a table by themselves, or a person without a word about rows: every row stays.
constexpr std::array<std::string_view, 11> kUpkeep{"OPTIMIZE",
                                                   "VACUUM START",
                                                   "VACUUM END",
                                                   "REORG",
                                                   "ROW TRACKING BACKFILL",
                                                   "COMPUTE STATS",
                                                   "ANALYZE TABLE",
                                                   "UPGRADE PROTOCOL",
                                                   "SET TBLPROPERTIES",
                                                   "UNSET TBLPROPERTIES",
                                                   "CLUSTER BY"};

bool KeepsRows(const HistoryEntry& entry) {
  const bool made_empty = entry.version == Version(0) && entry.operation == "CREATE TABLE";
  return made_empty || std::ranges::find(kUpkeep, entry.operation) != kUpkeep.end();
}

std::unexpected<Error> Odd(std::string why) {
  return Fail(ErrorCode::kCorruptLog, fmt::format("the history of a managed table cannot be read: {}", why));
}

Result<Version> VersionIn(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= 0) return Version(value);
  return Odd(fmt::format("'{}' is no version", OneLine(FitToShow(text, 64))));
}

class Columns {
 public:
  explicit Columns(const SqlRows& rows) : rows_(rows) {}

  [[nodiscard]] Result<std::string> Text(size_t row, std::string_view column) const {
    const auto at = std::ranges::find(rows_.columns, column);
    if (at == rows_.columns.end()) return Odd(fmt::format("there is no column '{}'", column));
    const auto& cells = rows_.rows[row];
    const auto i = static_cast<size_t>(at - rows_.columns.begin());
    if (i >= cells.size()) return Odd("a row is short");
    return cells[i].value_or(std::string());
  }

 private:
  const SqlRows& rows_;
};

Result<TimeMs> TimeIn(const std::string& text) {
  auto time = ParseTime(text);
  if (!time) return Odd(fmt::format("'{}' is no time", OneLine(FitToShow(text, 64))));
  return time;
}

// {"source": "delta.`s3://…`", "sourceVersion": "7"}
void ReadSource(const std::string& parameters, HistoryEntry& entry) {
  json::Reader reader(kParametersBytesMax);
  const auto fields = reader.Read(parameters, "the parameters", "");
  if (!fields) return;
  if (auto source = fields->String("source")) entry.source = *std::move(source);
  if (const auto number = fields->Count("sourceVersion")) {
    entry.source_version = Version(*number);
  } else if (const auto text = fields->View("sourceVersion")) {
    if (const auto version = VersionIn(*text)) entry.source_version = *version;
  }
}

Result<HistoryEntry> EntryIn(const Columns& columns, size_t row) {
  HistoryEntry entry;
  LF_TRY(const std::string version, columns.Text(row, "version"));
  LF_TRY(entry.version, VersionIn(version));
  LF_TRY(const std::string time, columns.Text(row, "timestamp"));
  LF_TRY(entry.time, TimeIn(time));
  LF_TRY(entry.operation, columns.Text(row, "operation"));
  LF_TRY(const std::string user, columns.Text(row, "userName"));
  entry.user = OneLine(FitToShow(user, kShownOfUserMax));
  LF_TRY(const std::string parameters, columns.Text(row, "operationParameters"));
  if (entry.operation == "CLONE") ReadSource(parameters, entry);
  return entry;
}

// As engines that go by URIs spell it, which is the only escape that a place of a store can need.
std::string WithEscapedSpaces(std::string_view place) {
  std::string escaped;
  for (const char c : place) escaped += c == ' ' ? std::string_view("%20") : std::string_view(&c, 1);
  return escaped;
}

// However an engine spells the place: with or without scheme, quotes and escapes.
bool NamesPlace(std::string_view source, const Location& replica) {
  const std::string printed = replica.Print();
  const size_t host = printed.find("//");
  const std::string_view escaped = std::string_view(printed).substr(host == std::string::npos ? 0 : host + 2);
  const auto holds = [source](std::string_view place) {
    const size_t at = place.empty() ? std::string_view::npos : source.find(place);
    if (at == std::string_view::npos) return false;
    // Not the beginning or the end of another name.
    const size_t end = at + place.size();
    const bool begins = at == 0 || place.front() == '/' || source[at - 1] == '/' || source[at - 1] == '`';
    const bool ends = end == source.size() || source[end] == '`' || source[end] == '/';
    return begins && ends;
  };
  return holds(escaped) || holds(WithEscapedSpaces(escaped)) ||
         (replica.scheme() == Scheme::kFile && holds(replica.path()));
}

bool IsCloneOf(const HistoryEntry& entry, const Location& replica) {
  return entry.operation == "CLONE" && entry.source_version && NamesPlace(entry.source, replica);
}

std::unexpected<Error> Foreign(const HistoryEntry& entry, std::string_view name) {
  const std::string by = entry.user.empty() ? std::string() : fmt::format(" by {}", entry.user);
  return Fail(ErrorCode::kDiverged,
              fmt::format("version {} of the managed table '{}' is no clone of its replica: {}{}",
                          entry.version.value(), name, OneLine(FitToShow(entry.operation, 64)), by),
              {},
              "a clone would take the place of what was written there: keep it elsewhere and drop the table, which is "
              "made anew then; or take the table out of the group");
}

// When the table first came to what `at` is of.
TimeMs FirstOf(const std::vector<HistoryEntry>& history, size_t at, const Location& replica) {
  TimeMs since = history[at].time;
  for (size_t i = at + 1; i < history.size(); ++i) {
    if (IsCloneOf(history[i], replica) && history[i].source_version == history[at].source_version) {
      since = history[i].time;
    } else if (!KeepsRows(history[i])) {
      break;
    }
  }
  return since;
}

}  // namespace

Result<std::vector<HistoryEntry>> ReadHistory(const SqlRows& rows) {
  const Columns columns(rows);
  std::vector<HistoryEntry> history;
  history.reserve(rows.rows.size());
  for (size_t i = 0; i < rows.rows.size(); ++i) {
    LF_TRY(HistoryEntry entry, EntryIn(columns, i));
    if (!history.empty() && entry.version >= history.back().version) return Odd("it is not newest first");
    history.push_back(std::move(entry));
  }
  return history;
}

Result<std::optional<CloneMark>> NewestClone(const std::vector<HistoryEntry>& history, std::string_view name,
                                             std::string_view uri, std::optional<Version> left) {
  LF_TRY(const Location replica, Location::Parse(uri));
  for (size_t i = 0; i < history.size(); ++i) {
    const HistoryEntry& entry = history[i];
    if (IsCloneOf(entry, replica)) {
      return std::optional(CloneMark{
          .version = entry.version, .source_version = *entry.source_version, .since = FirstOf(history, i, replica)});
    }
    if (!KeepsRows(entry)) return Foreign(entry, name);
  }
  if (history.empty()) return std::optional<CloneMark>();
  const int64_t oldest = history.back().version.value();
  // All since our own clone has been seen, or all that there ever was.
  const bool reaches = oldest == 0 || (left && oldest <= left->value() + 1 && history.front().version >= *left);
  if (reaches) return std::optional<CloneMark>();
  return Fail(ErrorCode::kRefused,
              fmt::format("the history of the managed table '{}' begins at version {}, and does not show that nobody "
                          "but us wrote it",
                          name, oldest),
              {}, "see that nobody did, and drop the table, which is made anew then");
}

}  // namespace lakeferry::plan
