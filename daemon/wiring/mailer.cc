#include "daemon/wiring/mailer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/offload.h"
#include "notify/smtp/smtp_session.h"
#include "plan/incident/incident_html.h"
#include "plan/incident/incident_words.h"

namespace lakeferry {
namespace {

constexpr Millis kLookEvery{20};

notify::SmtpSecurity AdapterSecurity(SmtpSecurity security) {
  switch (security) {
    case SmtpSecurity::kNone: return notify::SmtpSecurity::kPlain;
    case SmtpSecurity::kStartTls: return notify::SmtpSecurity::kStartTls;
    case SmtpSecurity::kTls: return notify::SmtpSecurity::kTls;
  }
  return notify::SmtpSecurity::kStartTls;
}

// Reads the password.
Result<notify::SmtpOptions> AdapterOptions(const SmtpSettings& smtp) {
  notify::SmtpOptions options;
  options.host = smtp.host;
  options.port = static_cast<uint16_t>(smtp.port);
  options.security = AdapterSecurity(smtp.security);
  options.from = smtp.from;
  options.username = smtp.user;
  if (smtp.password) {
    LF_TRY(options.password, Resolve(*smtp.password));
  }
  options.helo = smtp.helo;
  options.ca_file = smtp.ca_file;
  options.total_timeout = smtp.timeout;
  options.connect_timeout = std::min(options.connect_timeout, smtp.timeout);
  LF_TRY_OK(notify::CheckSmtpOptions(options));
  return options;
}

}  // namespace

Result<std::string> ProbeMailServer(const SmtpSettings& smtp) {
  LF_TRY(const notify::SmtpOptions options, AdapterOptions(smtp));
  return notify::ProbeSmtp(options);
}

Mailer::Mailer(SmtpSettings smtp, boost::asio::any_io_executor pool, Clock& clock, Random& random, Logger& log)
    : smtp_(std::move(smtp)), pool_(std::move(pool)), clock_(clock), random_(random), log_(log) {}

// One at a time reads; the others wait for what comes of it, but for no longer than for a server: a file system may
// hang.
Task<Status> Mailer::Open(Call call) {
  for (Millis waited(0); opening_ && waited < smtp_.timeout; waited += kLookEvery) {
    co_await clock_.SleepFor(call, kLookEvery);
  }
  if (server_) co_return Status{};
  if (opening_) {
    co_return Fail(ErrorCode::kUnavailable, "the mail password is still being read",
                   smtp_.password ? Describe(*smtp_.password) : std::string(), "look at the file system it lies on");
  }
  opening_ = true;
  auto read = [smtp = smtp_] { return AdapterOptions(smtp); };
  Result<notify::SmtpOptions> options = co_await Offload(pool_, std::move(read));
  opening_ = false;
  if (!options) co_return std::unexpected(std::move(options).error());
  LF_CO_TRY(server_, notify::SmtpSender::Make(*std::move(options), pool_, clock_, random_));
  co_return Status{};
}

void Mailer::NoteSecret(const Status& read) {
  if (!read && !trouble_logged_) {
    log_.Write(
        LogLevel::kError, "mail cannot be sent",
        {{"error",
          ToString(Error{.code = read.error().code, .message = read.error().message, .where = read.error().where})},
         {"remedy", read.error().remedy}});
  }
  if (read && trouble_logged_) log_.Write(LogLevel::kInfo, "mail can be sent", {});
  trouble_logged_ = !read;
}

Task<Status> Mailer::Send(Call call, Incident incident) {
  Status open = co_await Open(call);
  NoteSecret(open);
  if (!open) co_return open;
  plan::IncidentWords words = plan::WordsOf(incident);
  std::string html = plan::HtmlOf(words);
  notify::Message message{.to = std::move(incident.to),
                          .subject = std::move(words.subject),
                          .body = std::move(words.body),
                          .html = std::move(html)};
  Status sent = co_await server_->Send(call, std::move(message));
  // Where a part of the recipients has it, the mail as such goes out.
  last_ = sent || sent.error().code == ErrorCode::kRefused ? Status() : sent;
  co_return sent;
}

Task<Status> Mailer::Ready(Call call) {
  Status open = co_await Open(call);
  NoteSecret(open);
  co_return open ? last_ : open;
}

}  // namespace lakeferry
