#include "daemon/commands/own_role.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace lakeferry {
namespace {

constexpr Millis kLookAgain{20};
constexpr Millis kDeliverWithin{5'000};

Task<Result<int>> Deliver(Wiring& wiring, Role role) {
  const Millis now = wiring.env().clock.Monotonic();
  co_await wiring.notifiers().desk().Flush(Call{}.Within(now, kDeliverWithin), role);
  co_return 0;
}

}  // namespace

Result<Wiring*> OwnWiring::Get() {
  if (!wiring_) {
    LF_TRY(wiring_, Wiring::Make(config_, log_, StateUse::kWork));
  }
  return wiring_.get();
}

Result<std::vector<Role>> RolesOf(const std::string& option, const Config& config, OwnWiring& own) {
  std::vector<Role> both{Role::kSender, Role::kReceiver};
  LF_TRY(const std::optional<Role> chosen, RoleToWorkAs(option, config));
  if (chosen) return std::vector{*chosen};
  LF_TRY(Wiring * wiring, own.Get());
  LF_TRY(const std::vector<GroupRecord> records, wiring->Run(wiring->env().state.Groups({})));
  const auto receivers = std::ranges::count(records, Role::kReceiver, &GroupRecord::role);
  if (records.empty() || (receivers > 0 && receivers < std::ssize(records))) return both;
  return std::vector{receivers > 0 ? Role::kReceiver : Role::kSender};
}

Result<std::optional<RoleLock>> TakeRole(const std::string& store, Role role,
                                         std::chrono::steady_clock::time_point give_up) {
  Result<RoleLock> lock = RoleLock::Acquire(store, role);
  if (lock) return *std::move(lock);
  if (lock.error().code != ErrorCode::kRefused || std::chrono::steady_clock::now() >= give_up) {
    return std::unexpected(lock.error());
  }
  std::this_thread::sleep_for(kLookAgain);
  return std::nullopt;
}

void DeliverNotices(Wiring& wiring, Role role) {
  if (!wiring.notifiers().desk().empty()) (void)wiring.Run(Deliver(wiring, role));
}

}  // namespace lakeferry
