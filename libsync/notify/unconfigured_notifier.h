// UnconfiguredNotifier: stands where the configuration names no mail server, and says so to whoever wants to send.
#pragma once

#include <string>

#include "env/notifier.h"

namespace lakeferry::notify {

class UnconfiguredNotifier final : public Notifier {
 public:
  // Always kInvalidArgument, both.
  Task<Status> Ready(Call) override {
    co_return Fail(ErrorCode::kInvalidArgument, "no mail server configured", std::string(), kRemedy);
  }
  Task<Status> Send(Call, Incident incident) override {
    co_return Fail(ErrorCode::kInvalidArgument, "no mail server configured",
                   incident.to.empty() ? std::string() : "mail to " + incident.to.front(), kRemedy);
  }

 private:
  static constexpr char kRemedy[] = "add a mail server to the configuration, or remove the addresses to notify";
};

}  // namespace lakeferry::notify
