// send_mail: sends one mail through SmtpSender and says how it went, for the tests against real mail servers.
// With probe=, only whether the server would take one. Arguments are KEY=HEX, so that any byte can be given. Prints
// "sent", or the error's code and text; exits 0 for both.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <charconv>
#include <cstdio>
#include <exception>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "notify/smtp/smtp_sender.h"
#include "notify/smtp/smtp_session.h"

namespace lakeferry {
namespace {

class FixedClock final : public Clock {
 public:
  [[nodiscard]] TimeMs WallTime() const override { return FromEpochMs(1'795'246'779'000); }
  [[nodiscard]] Millis Monotonic() const override { return Millis(0); }
  Task<void> SleepFor(Call /*call*/, Millis /*duration*/) override { co_return; }
};

class FixedRandom final : public Random {
 public:
  [[nodiscard]] uint64_t Next() override { return 7; }
};

struct Request {
  notify::SmtpOptions options;
  notify::Message message;
  bool probe = false;
  std::optional<Millis> stop_after;
  std::optional<Millis> within;
};

std::string FromHex(std::string_view hex) {
  std::string out;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned value = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
    out += static_cast<char>(value);
  }
  return out;
}

notify::SmtpSecurity Security(std::string_view name) {
  if (name == "starttls") return notify::SmtpSecurity::kStartTls;
  return name == "tls" ? notify::SmtpSecurity::kTls : notify::SmtpSecurity::kPlain;
}

bool Apply(Request& request, std::string_view key, const std::string& value) {
  notify::SmtpOptions& options = request.options;
  if (key == "host")
    options.host = value;
  else if (key == "port")
    options.port = static_cast<uint16_t>(std::stoi(value));
  else if (key == "security")
    options.security = Security(value);
  else if (key == "from")
    options.from = value;
  else if (key == "username")
    options.username = value;
  else if (key == "password")
    options.password = Secret(std::string(value));
  else if (key == "helo")
    options.helo = value;
  else if (key == "ca_file")
    options.ca_file = value;
  else if (key == "connect_timeout_ms")
    options.connect_timeout = Millis(std::stoi(value));
  else if (key == "total_timeout_ms")
    options.total_timeout = Millis(std::stoi(value));
  else if (key == "stop_after_ms")
    request.stop_after = Millis(std::stoi(value));
  else if (key == "within_ms")
    request.within = Millis(std::stoi(value));
  else if (key == "probe")
    request.probe = true;
  else if (key == "to")
    request.message.to.push_back(value);
  else if (key == "subject")
    request.message.subject = value;
  else if (key == "body")
    request.message.body = value;
  else
    return false;
  return true;
}

Status SendOne(Request request) {
  if (request.probe) {
    LF_TRY(const std::string shown, notify::ProbeSmtp(request.options));
    const bool secured = request.options.security != notify::SmtpSecurity::kPlain;
    if (shown.contains("BEGIN CERTIFICATE") == secured) return {};
    return Fail(ErrorCode::kInternal, "the server's certificate was not kept, or one that it has not shown");
  }
  boost::asio::io_context engine(1);
  boost::asio::thread_pool pool(1);
  FixedClock clock;
  FixedRandom random;
  LF_TRY(auto notifier, notify::SmtpSender::Make(request.options, pool.get_executor(), clock, random));
  std::stop_source stop;
  Call call{.stop = stop.get_token()};
  if (request.within) call = call.Within(clock.Monotonic(), *request.within);
  std::jthread stopper;
  if (request.stop_after) {
    stopper = std::jthread([&stop, after = *request.stop_after] {
      std::this_thread::sleep_for(after);
      stop.request_stop();
    });
  }
  Status status;
  boost::asio::co_spawn(engine, notifier->Send(call, request.message),
                        [&status](const std::exception_ptr& thrown, Status sent) {
                          if (thrown) std::rethrow_exception(thrown);
                          status = std::move(sent);
                        });
  engine.run();
  return status;
}

}  // namespace
}  // namespace lakeferry

int main(int argc, char** argv) {
  lakeferry::Request request;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const size_t equals = argument.find('=');
    if (equals == std::string_view::npos ||
        !lakeferry::Apply(request, argument.substr(0, equals), lakeferry::FromHex(argument.substr(equals + 1)))) {
      std::fprintf(stderr, "send_mail: what is '%s'?\n", argv[i]);
      return 2;
    }
  }
  const lakeferry::Status sent = lakeferry::SendOne(std::move(request));
  if (sent) {
    std::puts("sent");
  } else {
    const std::string code(lakeferry::ErrorCodeName(sent.error().code));
    std::printf("%s\n%s\n%s\n", code.c_str(), sent.error().where.text().c_str(),
                lakeferry::ToString(sent.error()).c_str());
  }
  return 0;
}
