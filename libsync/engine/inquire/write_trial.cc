#include "engine/inquire/write_trial.h"

#include <fmt/format.h>

#include <string>

#include "base/digest.h"
#include "base/trial_name.h"
#include "env/store_calls.h"

namespace lakeferry::engine {

Task<Status> TryWriting(Call call, const Environment& env, StoreRef ref, bool deletes) {
  LF_CO_TRY(const std::shared_ptr<ObjectStore> store, env.stores.Open(ref));
  const std::string content = Hex64(env.random.Next());
  const ObjectPath probe = TrialName(env.random.Next());
  LF_CO_TRY(const PutOutcome outcome, co_await store->PutIfAbsent(call, probe, content));
  LF_CO_TRY(const std::string found, co_await store->Get(call, probe, content.size()));
  const Status deleted = co_await DeleteOne(call, *store, probe);
  // Whoever need not delete may lack the right; an object of some bytes stays then.
  if (!deleted && (deletes || deleted.error().code != ErrorCode::kUnauthorized)) co_return deleted;
  if (outcome == PutOutcome::kCreated && found == content) co_return Status{};
  co_return Fail(ErrorCode::kCorruptData, "an object that was written comes back different",
                 fmt::format("{}/{}", ref.uri, probe.text()), "check the store");
}

}  // namespace lakeferry::engine
