#include "engine/run/instruct.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/nearest_key.h"
#include "plan/incident/group_incidents.h"

namespace lakeferry::engine {
namespace {

// `tables`: of the group, as its record has them.
Status CheckResync(const plan::GroupSpec& spec, const std::vector<std::string>& tables,
                   const Instruction& instruction) {
  if (instruction.kind != InstructionKind::kResync) return {};
  if (instruction.role != Role::kSender) {
    return Fail(ErrorCode::kInvalidArgument, "a table goes over whole by its sender, and this is the receiver",
                "group " + spec.name, "say it in the region that owns the data, with --role sender");
  }
  const std::vector<std::string_view> names(tables.begin(), tables.end());
  if (std::ranges::find(names, instruction.table) != names.end()) return {};
  const std::string_view nearest = NearestKey(instruction.table, names);
  return Fail(ErrorCode::kInvalidArgument, fmt::format("group '{}' has no table '{}'", spec.name, instruction.table),
              "group " + spec.name,
              nearest.empty() ? "'lakeferry versions' lists its tables" : fmt::format("did you mean {}?", nearest));
}

Status CheckSync(const Instruction& instruction, const GroupRecord& record) {
  if (instruction.kind != InstructionKind::kSync || !record.paused) return {};
  return Fail(ErrorCode::kRefused, plan::PauseText(*record.paused), "group " + record.group,
              "resume it first: nothing is begun for a group that is paused");
}

void AskWhole(const std::string& table, std::vector<AskedWhole>& asked) {
  std::erase_if(asked, [&table](const AskedWhole& other) { return other.table == table; });
  asked.push_back({.table = table});
  std::ranges::sort(asked, {}, &AskedWhole::table);
}

void Apply(const Instruction& instruction, GroupRecord& record) {
  switch (instruction.kind) {
    case InstructionKind::kPause: {
      const TimeMs since = record.paused ? record.paused->since : instruction.given;
      record.paused = Pause{.since = since, .by = instruction.by, .why = instruction.why};
      record.state = GroupState::kPaused;
      record.reason = plan::PauseText(*record.paused);
      return;
    }
    case InstructionKind::kResume:
      record.paused.reset();
      if (record.state != GroupState::kPaused) return;
      record.state = GroupState::kWaiting;
      record.reason = "resumed; the next pass says what there is to do";
      return;
    case InstructionKind::kResync: AskWhole(instruction.table, record.resync); return;
    case InstructionKind::kSync: return;
  }
}

// What was not kept is not done.
void TakeBack(const Instruction& instruction, const GroupRecord& before, GroupRecord& record) {
  if (instruction.kind == InstructionKind::kResync) {
    record.resync = before.resync;
  } else {
    record.paused = before.paused;
    record.state = before.state;
    record.reason = before.reason;
  }
}

}  // namespace

Task<Result<GroupRecord>> Instruct(Call call, const plan::GroupSpec& spec, GroupBook& book, Instruction instruction) {
  LF_CO_TRY_OK(co_await book.Open(call));
  LF_CO_TRY_OK(CheckResync(spec, book.record().tables, instruction));
  LF_CO_TRY_OK(CheckSync(instruction, book.record()));
  const GroupRecord before = book.record();
  Apply(instruction, book.record());
  StateChange more;
  more.instructions.push_back(instruction);
  Status saved = co_await book.Save(call.Unstoppable(), std::move(more));
  if (!saved) TakeBack(instruction, before, book.record());
  LF_CO_TRY_OK(saved);
  co_return book.record();
}

}  // namespace lakeferry::engine
