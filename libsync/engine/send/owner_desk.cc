#include "engine/send/owner_desk.h"

#include <fmt/format.h>

#include <utility>

#include "env/store_calls.h"
#include "plan/rules/owner_rules.h"

namespace lakeferry::engine {

plan::OwnerMark OwnerDesk::Own() const {
  return {.id = book_.record().owner_id,
          .host = env_.home.host,
          .metadata_store = env_.home.metadata_store,
          .region = env_.region,
          .since = env_.clock.WallTime()};
}

std::string OwnerDesk::DrawId() const {
  const uint64_t high = env_.random.Next();
  return fmt::format("{:016x}{:016x}", high, env_.random.Next());
}

std::string OwnerDesk::Where(const StagingArea& staging) const {
  return fmt::format("{}/{}", staging.store().uri(), staging.layout().Owner().text());
}

Task<Status> OwnerDesk::Settle(Call call, const StagingArea& staging, Claim claim) {
  if (env_.home.host.empty() || (settled_ && claim == Claim::kRespect)) co_return Status{};
  LF_CO_TRY_OK(co_await Look(call, staging, claim));
  settled_ = true;
  co_return Status{};
}

Task<Status> OwnerDesk::Look(Call call, const StagingArea& staging, Claim claim) {
  Result<std::string> text = co_await staging.store().Get(call, staging.layout().Owner(), plan::kOwnerMarkBytesMax);
  if (text) co_return co_await Judge(call, staging, claim, *std::move(text));
  if (text.error().code == ErrorCode::kCorruptData) co_return co_await Judge(call, staging, claim, {});
  if (text.error().code != ErrorCode::kNotFound) co_return std::unexpected(std::move(text).error());
  co_return co_await Put(call, staging, Own());
}

Task<Status> OwnerDesk::Judge(Call call, const StagingArea& staging, Claim claim, std::string text) {
  const std::string where = Where(staging);
  const Result<plan::OwnerMark> mark = plan::ReadOwnerMark(text, where);
  if (mark && plan::IsOwn(*mark, Own())) co_return co_await Note(call, mark->id);
  if (claim == Claim::kTakeOver) co_return co_await TakeOver(call, staging, mark ? mark->host : std::string());
  if (!mark) co_return std::unexpected(plan::UnreadableOwner(mark.error().message, spec_.name, where));
  co_return std::unexpected(plan::OwnedByAnother(*mark, spec_.name, where));
}

// With an id that nobody had: one that was the owner before is none any more.
Task<Status> OwnerDesk::TakeOver(Call call, const StagingArea& staging, std::string from) {
  env_.log.Write(call, LogLevel::kWarning, "group taken over from another sender",
                 {{"group", spec_.name}, {"host", from}});
  LF_CO_TRY_OK(co_await DeleteOne(call, staging.store(), staging.layout().Owner()));
  plan::OwnerMark mark = Own();
  mark.id = DrawId();
  co_return co_await Put(call, staging, std::move(mark));
}

// The record knows the id before anybody else does, so that a put whose answer is lost is known for our own. Of two
// that put it at once, one is refused.
Task<Status> OwnerDesk::Put(Call call, const StagingArea& staging, plan::OwnerMark mark) {
  if (mark.id.empty()) mark.id = DrawId();
  LF_CO_TRY_OK(co_await Note(call, mark.id));
  LF_CO_TRY(const PutOutcome put,
            co_await staging.store().PutIfAbsent(call, staging.layout().Owner(), plan::WriteOwnerMark(mark)));
  if (put == PutOutcome::kCreated) co_return Status{};
  LF_CO_TRY(std::string text, co_await staging.store().Get(call, staging.layout().Owner(), plan::kOwnerMarkBytesMax));
  co_return co_await Judge(call, staging, Claim::kRespect, std::move(text));
}

Task<Status> OwnerDesk::Note(Call call, std::string id) {
  if (book_.record().owner_id == id) co_return Status{};
  book_.record().owner_id = std::move(id);
  co_return co_await book_.Save(call);
}

}  // namespace lakeferry::engine
