#include "daemon/wiring/notifiers.h"

#include <fmt/format.h>

#include <utility>

#include "async/offload.h"
#include "base/known_secrets.h"
#include "daemon/wiring/mailer.h"
#include "notify/unconfigured_notifier.h"

namespace lakeferry {
namespace {

std::string NameOf(const NotificationSettings& settings) {
  return fmt::format("notification '{}' ({})", settings.rule.channel, notify::WebhookKindName(settings.kind));
}

// A path by itself opens such a webhook as well as the whole URL does.
void RememberPath(const std::string& target) {
  RememberSecret(Secret(std::string(target)));
  const size_t last = target.rfind('/');
  if (last != std::string::npos) RememberSecret(Secret(target.substr(last + 1)));
}

Result<Url> ReadUrl(const NotificationSettings& settings) {
  if (!settings.url_place) return ParseUrl(settings.url);
  LF_TRY(const Secret text, Resolve(*settings.url_place));
  Result<Url> url = ParseUrl(text.Reveal());
  if (!url) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{} holds no URL", Describe(*settings.url_place)),
                NameOf(settings), "put the webhook's URL there, and nothing else");
  }
  RememberPath(url->target);
  if (!url->origin.tls && !IsLoopback(url->origin) && !settings.allow_http) {
    return Fail(ErrorCode::kInvalidArgument, "notices are not sent over http://", NameOf(settings),
                "put a URL with https:// there");
  }
  return url;
}

Result<notify::WebhookTarget> ReadTarget(const NotificationSettings& settings) {
  notify::WebhookTarget target{.name = settings.rule.channel, .kind = settings.kind, .url = {}};
  LF_TRY(target.url, ReadUrl(settings));
  if (settings.secret) {
    LF_TRY(target.secret, Resolve(*settings.secret));
  }
  return target;
}

}  // namespace

Task<Status> WebhookChannel::Open() {
  if (target_) co_return Status{};
  auto read = [settings = settings_] { return ReadTarget(settings); };
  Result<notify::WebhookTarget> target = co_await Offload(parts_.pool, std::move(read));
  if (!target) {
    Error error = std::move(target).error();
    error.code = ErrorCode::kUnavailable;
    co_return FailAt(std::move(error), NameOf(settings_));
  }
  target_ = *std::move(target);
  co_return Status{};
}

Task<Status> WebhookChannel::Tell(Call call, Incident incident, std::string id) {
  LF_CO_TRY_OK(co_await Open());
  Status told =
      co_await notify::PostWebhook(call, parts_.http, parts_.clock, *target_, std::move(incident), std::move(id));
  if (!told && told.error().code == ErrorCode::kRefused) target_.reset();
  co_return told;
}

Notifiers::Notifiers(const Config& config, NotifierParts parts)
    : parts_(std::move(parts)), desk_(parts_.state, parts_.clock, parts_.random, parts_.log) {
  if (config.smtp) {
    mail_ = std::make_unique<Mailer>(*config.smtp, parts_.pool, parts_.clock, parts_.random, parts_.log);
  } else {
    mail_ = std::make_unique<notify::UnconfiguredNotifier>();
  }
  for (const NotificationSettings& settings : config.notifications) {
    channels_.push_back(std::make_unique<WebhookChannel>(settings, parts_));
    WebhookChannel* channel = channels_.back().get();
    desk_.Add(settings.rule.channel, [channel](Call call, Incident incident, std::string id) {
      return channel->Tell(std::move(call), std::move(incident), std::move(id));
    });
  }
  if (!config.success_digest) return;
  desk_.Add(kMailChannel, [this](Call call, Incident incident, const std::string&) {
    return mail_->Send(std::move(call), std::move(incident));
  });
}

Task<Status> Notifiers::Send(Call call, Incident incident) {
  Status sent = co_await mail_->Send(std::move(call), std::move(incident));
  co_return sent;
}

Task<Status> Notifiers::Ready(Call call) {
  Status ready = co_await mail_->Ready(std::move(call));
  co_return ready;
}

}  // namespace lakeferry
