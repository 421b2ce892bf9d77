#include "notify/smtp/smtp_sender.h"

#include <fmt/format.h>

#include <utility>

#include "async/offload.h"
#include "notify/smtp/smtp_session.h"

namespace lakeferry::notify {

Result<std::unique_ptr<SmtpSender>> SmtpSender::Make(SmtpOptions options, boost::asio::any_io_executor pool,
                                                     Clock& clock, Random& random) {
  LF_TRY_OK(CheckSmtpOptions(options));
  auto shared = std::make_shared<const SmtpOptions>(std::move(options));
  return std::unique_ptr<SmtpSender>(new SmtpSender(std::move(shared), std::move(pool), clock, random));
}

SmtpSender::SmtpSender(std::shared_ptr<const SmtpOptions> options, boost::asio::any_io_executor pool, Clock& clock,
                       Random& random)
    : options_(std::move(options)), pool_(std::move(pool)), clock_(clock), random_(random) {}

MailStamp SmtpSender::NewStamp() {
  const TimeMs now = clock_.WallTime();
  const std::string domain = options_->from.substr(options_->from.find('@') + 1);
  return {.from = options_->from,
          .date = now,
          .message_id = fmt::format("{}.{:016x}@{}", ToEpochMs(now), random_.Next(), domain)};
}

Task<Status> SmtpSender::Send(Call call, Message message) {
  LF_CO_TRY_OK(CheckWanted(call, clock_.Monotonic()));
  Result<Mail> mail = BuildMail(message, NewStamp());
  if (!mail) co_return FailAt(std::move(mail).error(), ServerName(*options_));
  // Shared, not borrowed: a task that is given up at shutdown must leave the blocked thread something to stand on.
  std::optional<Millis> left;
  if (call.deadline) left = *call.deadline - clock_.Monotonic();
  auto deliver = [call, options = options_, text = std::move(*mail), left]() -> Status {
    return DeliverBySmtp(call, *options, text, left);
  };
  Status sent = co_await Offload(pool_, std::move(deliver));
  co_return sent;
}

}  // namespace lakeferry::notify
