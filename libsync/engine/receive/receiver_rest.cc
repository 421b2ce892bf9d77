// What GroupReceiver tells people of a pass that had nothing to apply, or found a mirror there.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/receive/group_receiver.h"
#include "engine/staging/other_groups.h"

namespace lakeferry::engine {

Task<void> GroupReceiver::NoteOtherGroups(Call call, PassResult& result) {
  if (position_->refused() || result.state == GroupState::kRestaging) co_return;
  const Result<std::vector<std::string>> others = co_await OtherGroups(call, *staging_);
  if (!others) co_return;  // what cannot be listed fails where it is needed
  const std::string hint = NothingStagedFor(spec_.name, *others);
  if (!hint.empty()) result.reason = hint;
}

void GroupReceiver::Rest(PassResult& result) {
  const std::string& restaging = book_.record().restaging;
  if (!restaging.empty()) {
    result.state = GroupState::kRestaging;
    result.reason = restaging + "; the sender's next epoch brings it";
    return;
  }
  if (result.epoch) return;
  if (RestsWithoutTargets(result)) return;
  result.reason = "no further epoch is staged";
  if (!position_->completed()) {
    // That there is a replica one day must not be taken for granted.
    result.state = GroupState::kWaiting;
    if (!book_.record().waiting_since) book_.record().waiting_since = book_.record().created;
  }
  if (!position_->refused()) {
    // What waited for a target that was away for a while waits no more.
    if (position_->completed()) book_.record().waiting_since.reset();
    return;
  }
  result.state = GroupState::kWaiting;
  result.reason =
      fmt::format("epoch {} was refused, and the sender has staged nothing since", position_->refused()->value());
}

bool GroupReceiver::RestsWithoutTargets(PassResult& result) {
  if (position_->gone().empty()) return false;
  std::string names;
  for (const std::string& table : position_->gone()) names += fmt::format("{}'{}'", names.empty() ? "" : ", ", table);
  result.state = GroupState::kRestaging;
  result.reason = fmt::format("the target of table {} is gone; the sender's next epoch is asked for it whole", names);
  if (!book_.record().waiting_since) book_.record().waiting_since = env_.clock.WallTime();
  return true;
}

// A group that was renamed goes on with the mirrors that it had under its other name; nothing of them says whose they
// are.
void GroupReceiver::NoteFoundThere(const Call& call, const std::vector<std::string>& tables, PassResult& result) {
  if (tables.empty()) return;
  for (const std::string& table : tables) {
    env_.log.Write(call, LogLevel::kWarning,
                   "a mirror was there already, with the source's own commits, and is taken over",
                   {{"group", spec_.name}, {"table", table}});
  }
  result.reason = fmt::format(
      "the mirror of table '{}' was there already, with the source's own commits, and was "
      "taken over: if another group has left it, that one must not go on",
      fmt::join(tables, "', '"));
}

}  // namespace lakeferry::engine
