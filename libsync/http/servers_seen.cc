#include "http/servers_seen.h"

#include <algorithm>

namespace lakeferry {

ServerSeen* ServersSeen::Of(const Origin& origin) {
  const auto found = servers_.find(origin);
  if (found != servers_.end()) return &found->second;
  return servers_.size() < kServersMax ? &servers_[origin] : nullptr;
}

void ServersSeen::SawCertificate(const Origin& origin, ShownCertificate certificate) {
  const std::lock_guard lock(mutex_);
  if (ServerSeen* server = Of(origin)) server->certificate = certificate;
}

void ServersSeen::SawDate(const Origin& origin, TimeMs date, TimeMs sent, TimeMs received) {
  // The server read its clock between the two, and has cut the fraction off.
  const ShownSkew now{.lowest = date - received, .highest = date + std::chrono::seconds(1) - sent};
  const std::lock_guard lock(mutex_);
  ServerSeen* server = Of(origin);
  if (server == nullptr) return;
  const ShownSkew before = server->skew.value_or(now);
  const ShownSkew both{.lowest = std::max(before.lowest, now.lowest), .highest = std::min(before.highest, now.highest)};
  // Where no skew fits both, a clock was set meanwhile, or others answer by the same name: the newest counts.
  server->skew = both.lowest <= both.highest ? both : now;
}

std::map<Origin, ServerSeen> ServersSeen::All() const {
  const std::lock_guard lock(mutex_);
  return servers_;
}

}  // namespace lakeferry
