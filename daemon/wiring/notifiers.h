// Notifiers: every way by which this process tells people: mail at once, and notices that are on record until they have
// arrived. Lives on the engine thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/config/config.h"
#include "env/clock.h"
#include "env/logger.h"
#include "env/notifier.h"
#include "env/random.h"
#include "env/state_store.h"
#include "http/transport.h"
#include "notify/notice_desk.h"
#include "notify/webhook/webhook_sender.h"

namespace lakeferry {

// What it refers to outlives what is made of it.
struct NotifierParts {
  boost::asio::any_io_executor pool;  // secrets are read there
  HttpTransport& http;
  Clock& clock;
  Random& random;
  Logger& log;
  StateStore& state;
};

// One receiver. Its secrets are read when something is to be sent, and again once it has refused.
class WebhookChannel {
 public:
  WebhookChannel(NotificationSettings settings, const NotifierParts& parts)
      : settings_(std::move(settings)), parts_(parts) {}

  // Errors: those of an unreadable secret as kUnavailable, for it may come yet; else as notify::PostWebhook.
  Task<Status> Tell(Call call, Incident incident, std::string id);
  [[nodiscard]] const NotificationSettings& settings() const { return settings_; }

 private:
  Task<Status> Open();

  const NotificationSettings settings_;
  const NotifierParts& parts_;
  std::optional<notify::WebhookTarget> target_;
};

class Notifiers final : public Notifier {
 public:
  // Reads no secret and asks nobody.
  Notifiers(const Config& config, NotifierParts parts);

  Task<Status> Send(Call call, Incident incident) override;
  Task<Status> Ready(Call call) override;
  void Posted() override { desk_.Posted(); }
  [[nodiscard]] notify::NoticeDesk& desk() { return desk_; }
  [[nodiscard]] const std::vector<std::unique_ptr<WebhookChannel>>& channels() const { return channels_; }

 private:
  const NotifierParts parts_;
  std::unique_ptr<Notifier> mail_;
  std::vector<std::unique_ptr<WebhookChannel>> channels_;
  notify::NoticeDesk desk_;
};

}  // namespace lakeferry
