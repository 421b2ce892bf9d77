#include "notify/success_digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "async/within_memory.h"
#include "base/saturated.h"
#include "plan/incident/incident_json.h"

namespace lakeferry::notify {
namespace {

constexpr Millis kDay = std::chrono::hours(24);
constexpr Millis kLookEvery = std::chrono::minutes(1);
// More epochs than a group has in a day.
constexpr int64_t kEpochsMax = 10'000;

void Count(const EpochRecord& epoch, DigestLine& line) {
  ++line.epochs;
  for (const TablePosition& table : epoch.tables) {
    line.files = AddSaturated(line.files, table.files);
    line.bytes = AddSaturated(line.bytes, table.bytes);
  }
}

// Whom the lines of one group are for: addresses and receivers, each with its lines.
struct Shares {
  std::map<std::string, std::vector<DigestLine>> by_address;
  std::map<std::string, std::vector<DigestLine>> by_channel;

  void Add(const plan::GroupSpec& spec, const DigestLine& line) {
    for (const std::string& address : spec.digest_mail_to) by_address[address].push_back(line);
    for (const plan::NoticeRule& rule : spec.notices) {
      if (rule.digest) by_channel[rule.channel].push_back(line);
    }
  }
};

bool Wanted(const plan::GroupSpec& spec) {
  return !spec.digest_mail_to.empty() || std::ranges::any_of(spec.notices, &plan::NoticeRule::digest);
}

Notice NoticeOf(Incident incident, const std::string& channel, const std::string& to, TimeMs now) {
  if (!to.empty()) incident.to = {to};
  return {.id = fmt::format("{}/digest/{}/{}", channel, ToEpochMs(*incident.until), to),
          .channel = channel,
          .role = Role::kReceiver,
          .incident = plan::ToJson(incident),
          .created = now,
          .next = now};
}

}  // namespace

Task<Result<DigestLine>> SuccessDigest::LineOf(Call call, std::string group, TimeMs due) {
  LF_CO_TRY(const std::optional<GroupRecord> record, co_await state_.Group(call, Role::kReceiver, group));
  LF_CO_TRY(const std::vector<EpochRecord> epochs, co_await state_.Epochs(call, Role::kReceiver, group, kEpochsMax));
  DigestLine line{.group = group};
  if (record) {
    line.state = record->state;
    line.cut_time = record->cut_time;
  }
  for (const EpochRecord& epoch : epochs) {
    const bool applied = epoch.state == EpochState::kApplied && epoch.ended;
    if (applied && *epoch.ended > due - kDay && *epoch.ended <= due) Count(epoch, line);
  }
  co_return line;
}

Task<Result<std::vector<Notice>>> SuccessDigest::NoticesOf(Call call, TimeMs due) {
  Shares shares;
  const std::vector<plan::GroupSpec> groups = terms_.groups();
  for (const plan::GroupSpec& spec : groups) {
    if (!Wanted(spec)) continue;
    LF_CO_TRY(const DigestLine line, co_await LineOf(call, spec.name, due));
    shares.Add(spec, line);
  }
  const TimeMs now = clock_.WallTime();
  Incident incident{.kind = IncidentKind::kDigest, .role = Role::kReceiver, .region = terms_.region};
  incident.since = due - kDay;
  incident.until = due;
  incident.at = now;
  std::vector<Notice> notices;
  for (auto& [address, lines] : shares.by_address) {
    incident.digest = std::move(lines);
    notices.push_back(NoticeOf(incident, kMailChannel, address, now));
  }
  for (auto& [channel, lines] : shares.by_channel) {
    incident.digest = std::move(lines);
    notices.push_back(NoticeOf(incident, channel, {}, now));
  }
  co_return notices;
}

Task<void> SuccessDigest::Once(Call call) {
  const std::optional<TimeMs> due = terms_.schedule.NewestFireAtOrBefore(clock_.WallTime(), *terms_.zone);
  if (!due || done_ == due) co_return;
  Result<std::vector<Notice>> notices = co_await TaskWithinMemory(NoticesOf(call, *due));
  Status saved;
  if (notices) {
    StateChange change;
    change.new_notices = *std::move(notices);
    saved = co_await TaskWithinMemory(state_.Save(call, std::move(change)));
  } else {
    saved = std::unexpected(notices.error());
  }
  if (saved) {
    done_ = due;
    notifier_.Posted();
    co_return;
  }
  log_.Write(LogLevel::kError, "no digest can be made", {{"error", ToString(saved.error())}});
}

Task<void> SuccessDigest::Run(Call call) {
  while (!call.stopped()) {
    co_await Once(call);
    co_await clock_.SleepFor(call, kLookEvery);
  }
}

}  // namespace lakeferry::notify
