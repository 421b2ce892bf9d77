#include "daemon/output/watch_output.h"

#include <fmt/format.h>

#include "daemon/output/human.h"
#include "daemon/output/lines.h"

namespace lakeferry {
namespace {

std::string Number(Epoch epoch) { return epoch == Epoch() ? "-" : std::to_string(epoch.value()); }

std::string LineOf(const GroupStatus& status) {
  const GroupRecord& record = status.record;
  std::string text = fmt::format("{}: {}, applied {}, staged {}", record.group, GroupStateName(record.state),
                                 Number(record.epoch), Number(record.staged_epoch));
  if (!record.last_error.empty()) {
    text += "; " + record.last_error;
  } else if (!record.reason.empty()) {
    text += "; " + record.reason;
  }
  return status.judgement.alarm ? text + "; ALARM" : text;
}

}  // namespace

WatchedGroups WatchedOf(const StatusReport& report) {
  WatchedGroups watched;
  for (const GroupStatus& status : report.groups) watched.emplace(status.record.group, LineOf(status));
  return watched;
}

std::string ChangesText(const WatchedGroups& before, const StatusReport& report) {
  std::string text;
  for (const GroupStatus& status : report.groups) {
    const std::string line = LineOf(status);
    const auto was = before.find(status.record.group);
    if (was != before.end() && was->second == line) continue;
    text += Wrapped(fmt::format("{} {}", HumanTime(report.now), line));
  }
  return text;
}

std::string InPlace(const std::string& text, size_t rows) {
  constexpr std::string_view kHome = "\x1b[H";
  constexpr std::string_view kLineEnd = "\x1b[K\r\n";
  constexpr std::string_view kClearBelow = "\x1b[J";
  std::string out(kHome);
  size_t shown = 0;
  size_t left = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    if (shown + 1 < rows) {
      out.append(text, at, end - at).append(kLineEnd);
      ++shown;
    } else {
      ++left;
    }
    at = end + 1;
  }
  if (left > 0) out += fmt::format("… {} lines more", left);
  return out.append(kClearBelow);
}

}  // namespace lakeferry
