// Every state of a group means the same wherever it comes out: alarm, JSON, text and both pages. That mails follow
// MailOf is tried in tests/engine/pass_runner_test.
#include "base/group_state.h"

#include <fstream>
#include <map>
#include <sstream>

#include "daemon/output/status_output.h"

namespace lakeferry {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

struct Row {
  std::string alarm;
  std::string mail;
  bool operator==(const Row&) const = default;
};

std::string Trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

// Rows of the table below the heading that begins with "| state |"; a cell may name several states.
std::map<std::string, Row> TableOf(const std::string& page, const std::string& heading) {
  std::ifstream file(std::string(LAKEFERRY_DOCS_DIR) + "/" + page);
  std::map<std::string, Row> rows;
  std::string line;
  while (std::getline(file, line) && !line.starts_with(heading)) continue;
  std::getline(file, line);  // the dashes
  while (std::getline(file, line) && line.starts_with("|")) {
    std::vector<std::string> cells;
    std::istringstream text(line.substr(1));
    for (std::string cell; std::getline(text, cell, '|');) cells.push_back(Trimmed(cell));
    EXPECT_GE(cells.size(), 4U) << line;
    std::istringstream names(cells[0]);
    for (std::string name; std::getline(names, name, '`');) {
      if (ParseGroupState(name))
        EXPECT_TRUE(rows.emplace(name, Row{.alarm = cells[2], .mail = cells[3]}).second) << name;
    }
  }
  return rows;
}

std::string AlarmWord(AlarmRule rule) {
  switch (rule) {
    case AlarmRule::kAtOnce: return "at once";
    case AlarmRule::kWhenLate: return "when late";
    case AlarmRule::kWhenPromised: return "when late, where `rpo` is set";
  }
  return "";
}

std::string MailWord(MailRule rule) {
  switch (rule) {
    case MailRule::kNever: return "no";
    case MailRule::kAtOnce: return "at once";
    case MailRule::kAfterRetries: return "after retries";
  }
  return "";
}

const TimeMs kThatDay = FromEpochMs(1'800'000'000'000);

StatusReport StatusOf(GroupState state, std::optional<TimeMs> waiting_since) {
  plan::GroupSpec spec;
  spec.name = "orders";
  spec.rpo = std::chrono::hours(1);
  GroupRecord record;
  record.group = "orders";
  record.state = state;
  record.alive = kThatDay;
  record.waiting_since = waiting_since;
  return MakeStatus(Role::kSender, kThatDay, {spec}, {record});
}

TEST(GroupStates, EveryOneAlarmsAsItsRuleSays) {
  for (const GroupState state : kGroupStates) {
    const bool at_once = AlarmOf(state) == AlarmRule::kAtOnce;
    const auto alarm = [state](std::optional<TimeMs> waiting_since) {
      return StatusOf(state, waiting_since).groups[0].judgement.alarm.has_value();
    };
    EXPECT_EQ(alarm(std::nullopt), at_once) << GroupStateName(state);
    EXPECT_EQ(alarm(kThatDay - std::chrono::hours(1)), at_once) << GroupStateName(state);
    EXPECT_TRUE(alarm(kThatDay - std::chrono::hours(1) - Millis(1))) << GroupStateName(state);
  }
}

TEST(GroupStates, EveryOneIsInJsonAndTextByItsName) {
  for (const GroupState state : kGroupStates) {
    const std::string name(GroupStateName(state));
    EXPECT_THAT(ToJson(StatusOf(state, std::nullopt)), HasSubstr("\"state\":\"" + name + "\""));
    EXPECT_THAT(ToText(StatusOf(state, std::nullopt)), HasSubstr("orders  " + name + "  "));
  }
}

TEST(GroupStates, BothPagesSayOfEveryOneWhatItDoes) {
  for (const auto& [page, heading] : {std::pair("operations.md", "| state | what it means | `--check` | mail |"),
                                      std::pair("json.md", "| state | means | alarm | mail |")}) {
    const std::map<std::string, Row> rows = TableOf(page, heading);
    EXPECT_THAT(rows, SizeIs(kGroupStates.size())) << page;
    for (const GroupState state : kGroupStates) {
      const auto row = rows.find(std::string(GroupStateName(state)));
      ASSERT_NE(row, rows.end()) << page << " says nothing of " << GroupStateName(state);
      EXPECT_EQ(row->second.alarm, AlarmWord(AlarmOf(state))) << page << ": " << row->first;
      EXPECT_EQ(row->second.mail, MailWord(MailOf(state))) << page << ": " << row->first;
    }
  }
}

}  // namespace
}  // namespace lakeferry
