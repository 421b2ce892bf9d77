// SmtpSender: sends mails by one SMTP server. The delivery blocks on the pool it was given; Send is called and
// completes on the engine thread. Clock and Random must outlive it; deliveries under way keep what they need.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "env/clock.h"
#include "env/random.h"
#include "notify/smtp/message.h"
#include "notify/smtp/smtp_options.h"

namespace lakeferry::notify {

class SmtpSender {
 public:
  // kInvalidArgument as CheckSmtpOptions. Connects to nothing.
  [[nodiscard]] static Result<std::unique_ptr<SmtpSender>> Make(SmtpOptions options, boost::asio::any_io_executor pool,
                                                                Clock& clock, Random& random);

  // Delivers to the server, or says why not. Errors as BuildMail and DeliverBySmtp; kRefused: some recipients have it
  // and the others never will. Returns within the total time limit once the pool has a free thread.
  Task<Status> Send(Call call, Message message);

 private:
  SmtpSender(std::shared_ptr<const SmtpOptions> options, boost::asio::any_io_executor pool, Clock& clock,
             Random& random);
  MailStamp NewStamp();

  std::shared_ptr<const SmtpOptions> options_;
  boost::asio::any_io_executor pool_;
  Clock& clock_;
  Random& random_;
};

}  // namespace lakeferry::notify
