#include "engine/compare/live_set_check.h"

#include <fmt/format.h>

#include <utility>

#include "engine/change/live_sets.h"
#include "engine/group/store_refs.h"
#include "plan/rules/start_anew.h"

namespace lakeferry::engine {
namespace {

// The store did not answer, or not to us: another attempt may tell.
bool IsOfTheStore(const Error& error) {
  return IsTransient(error.code) || error.code == ErrorCode::kUnauthorized || error.code == ErrorCode::kCancelled;
}

std::string RemedyOf(Role role) {
  if (role == Role::kSender) {
    return fmt::format(
        "a commit that was replicated has been replaced since: put it back as it was; where a commit told a wrong size "
        "of a file instead, the group goes on by itself once the receiver has found the same in its replica; or {}",
        plan::kStartAnew);
  }
  return fmt::format(
      "somebody has changed the log of the replica: put it back as it was, or move the target away, and "
      "the table is copied anew; where a commit of the source told a wrong size of a file instead, the next epoch "
      "mends it; or {}",
      plan::kStartAnew);
}

}  // namespace

LiveSetVerdict JudgeLiveSet(const LiveSetSubject& subject, const delta::LiveSet& found) {
  LiveSetVerdict verdict{.table = subject.spec.name,
                         .version = subject.version,
                         .result = LiveSetResult::kSame,
                         .found = found.Fingerprint()};
  if (found == subject.expected || verdict.found == subject.found_there) return verdict;
  verdict.result = LiveSetResult::kDiffers;
  verdict.reason = fmt::format("version {} holds {}, and epoch {} says {}", subject.version.value(), ToString(found),
                               subject.epoch.value(), ToString(subject.expected));
  return verdict;
}

Task<Result<LiveSetVerdict>> CompareLiveSet(Call call, const Environment& env, Role role, delta::ReplicationMode mode,
                                            LiveSetSubject subject) {
  const bool sender = role == Role::kSender;
  LF_CO_TRY(auto store, env.stores.Open(sender ? SourceRef(subject.spec) : TargetRef(subject.spec)));
  const TableLog log(std::move(store), env);
  std::optional<plan::TableSpec> clone_of;
  if (sender && mode == delta::ReplicationMode::kClone) clone_of = subject.spec;
  const Result<delta::LiveSet> found = co_await ReplayLiveSet(call, log, subject.version, clone_of);
  if (found) co_return JudgeLiveSet(subject, *found);
  if (IsOfTheStore(found.error())) co_return FailOfTable(found.error(), subject.spec.name, log.store().uri());
  co_return LiveSetVerdict{.table = subject.spec.name,
                           .version = subject.version,
                           .result = LiveSetResult::kNotChecked,
                           .reason = ToString(found.error())};
}

Status AsStatus(const LiveSetVerdict& verdict, Role role, const plan::TableSpec& spec) {
  if (verdict.result != LiveSetResult::kDiffers) return {};
  const bool sender = role == Role::kSender;
  return Fail(
      ErrorCode::kDiverged,
      fmt::format("the live files of the {} of table '{}' are not those that were {}: {}",
                  sender ? "source" : "replica", spec.name, sender ? "replicated" : "committed", verdict.reason),
      sender ? spec.source_uri : spec.target_uri, RemedyOf(role));
}

}  // namespace lakeferry::engine
