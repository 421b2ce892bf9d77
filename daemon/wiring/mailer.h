// Mailer: the Notifier of a configuration with a mail server. It reads the mail password when the first mail is due and
// keeps it; as long as it cannot be read, each further mail tries again, so that a secret that comes later is used.
// Replication waits neither for it nor for the server. Lives on the engine thread; file and server are waited for on
// the pool it was given. Clock, Random and Logger must outlive it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "daemon/config/config.h"
#include "env/clock.h"
#include "env/logger.h"
#include "env/notifier.h"
#include "env/random.h"
#include "notify/smtp/smtp_options.h"
#include "notify/smtp/smtp_sender.h"

namespace lakeferry {

// Connects to the mail server of the configuration, secures the connection and logs in as a mail would, and sends none.
// Blocks up to its time limit. Returns the certificate that it has shown, as PEM. Errors: as a mail's, and those of an
// unreadable password.
[[nodiscard]] Result<std::string> ProbeMailServer(const SmtpSettings& smtp);

class Mailer final : public Notifier {
 public:
  Mailer(SmtpSettings smtp, boost::asio::any_io_executor pool, Clock& clock, Random& random, Logger& log);

  // Errors: those of Resolve for the password, of CheckSmtpOptions, and of SmtpSender::Send.
  Task<Status> Send(Call call, Incident incident) override;
  // Tries to read the password if that was not done yet. Logs once when it cannot be read, and when it can be after
  // all.
  Task<Status> Ready(Call call) override;

 private:
  Task<Status> Open(Call call);
  void NoteSecret(const Status& read);

  const SmtpSettings smtp_;
  boost::asio::any_io_executor pool_;
  Clock& clock_;
  Random& random_;
  Logger& log_;
  bool opening_ = false;
  bool trouble_logged_ = false;
  std::unique_ptr<notify::SmtpSender> server_;  // once the password is there
  Status last_;                                 // of the mail that was sent last
};

}  // namespace lakeferry
