#include "daemon/wiring/server_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "daemon/output/human.h"

namespace lakeferry {
namespace {

using plan::Finding;
using plan::Severity;

constexpr Millis kEndsSoonMax = std::chrono::days(14);
constexpr int kPartOfLife = 4;
constexpr Millis kSkewIsOdd = std::chrono::minutes(1);
// Signed requests are refused from a quarter of an hour on, and signed questions for tokens from less.
constexpr Millis kSkewIsRefused = std::chrono::minutes(10);

// Those that are renewed by themselves are, well before: of a short life a part counts.
std::optional<Finding> OfCertificate(const Origin& origin, const ShownCertificate& shown, TimeMs now) {
  const Millis soon = std::min(kEndsSoonMax, (shown.until - shown.since) / kPartOfLife);
  if (shown.until > now + soon) return std::nullopt;
  return Finding{.severity = Severity::kWarning,
                 .what = fmt::format("the certificate that {} shows ends {}", ToString(origin), FormatUtc(shown.until)),
                 .where = ToString(origin),
                 .remedy = "have who runs that server renew it: from then on no connection is made"};
}

// What is sure of it: how far the calendars are apart at least.
Millis SureSkew(const ShownSkew& skew) {
  if (skew.lowest > Millis(0)) return skew.lowest;
  return skew.highest < Millis(0) ? -skew.highest : Millis(0);
}

std::optional<Finding> OfClock(const Origin& origin, const ShownSkew& skew) {
  const Millis apart = SureSkew(skew);
  if (apart < kSkewIsOdd) return std::nullopt;
  const bool refused = apart >= kSkewIsRefused;
  return Finding{.severity = refused ? Severity::kError : Severity::kWarning,
                 .what = fmt::format("this machine's clock is {} {} that of {}", HumanAge(apart),
                                     skew.lowest > Millis(0) ? "behind" : "ahead of", ToString(origin)),
                 .where = ToString(origin),
                 .remedy =
                     "have the clock kept in step (timedatectl, chronyc tracking), here or there: stores and "
                     "services refuse what is signed with a time that is minutes off"};
}

}  // namespace

std::vector<Finding> CheckServers(const std::map<Origin, ServerSeen>& servers, TimeMs now) {
  std::vector<Finding> findings;
  int in_step = 0;
  Millis most{0};
  for (const auto& [origin, seen] : servers) {
    auto ends = seen.certificate ? OfCertificate(origin, *seen.certificate, now) : std::nullopt;
    if (ends) findings.push_back(*std::move(ends));
    if (!seen.skew) continue;
    auto apart = OfClock(origin, *seen.skew);
    if (apart) {
      findings.push_back(*std::move(apart));
      continue;
    }
    ++in_step;
    most = std::max({most, -seen.skew->lowest, seen.skew->highest});
  }
  if (in_step > 0) {
    findings.push_back(
        {.severity = Severity::kInfo,
         .what = fmt::format("this machine's clock and those of {} that were asked are in step within {}",
                             HumanCount(in_step, "server"), FormatDuration(most)),
         .where = {},
         .remedy = {}});
  }
  return findings;
}

}  // namespace lakeferry
