#include "notify/smtp/smtp_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "notify/smtp/message.h"
#include "notify/smtp/mime.h"

namespace lakeferry::notify {
namespace {

constexpr size_t kHostBytesMax = 253;
constexpr size_t kNameBytesMax = 120;

bool IsHostChar(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' ||
         c == '_' || c == ':';
}

bool HasControl(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool IsHost(const std::string& host) {
  return !host.empty() && host.size() <= kHostBytesMax && host.front() != '-' && std::ranges::all_of(host, IsHostChar);
}

Status CheckLogin(const SmtpOptions& options) {
  if (options.username.empty() && options.password.empty()) return {};
  const std::string where = ServerName(options);
  if (options.username.empty() || options.password.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "the mail server needs a user name and a password, or neither", where,
                "give both, or remove the other one");
  }
  if (HasControl(options.username) || HasControl(options.password.Reveal())) {
    return Fail(ErrorCode::kInvalidArgument, "the mail server's user name or password holds a control character", where,
                "look for a line break at the end of the secret");
  }
  if (options.security == SmtpSecurity::kPlain) {
    return Fail(ErrorCode::kInvalidArgument, "a password is never sent to a mail server without TLS", where,
                "use STARTTLS or TLS, or remove user name and password");
  }
  return {};
}

}  // namespace

std::string ServerName(const SmtpOptions& options) {
  const std::string host = OneLine(options.host, kNameBytesMax);
  if (host.find(':') != std::string::npos) return fmt::format("[{}]:{}", host, options.port);
  return fmt::format("{}:{}", host, options.port);
}

Status CheckSmtpOptions(const SmtpOptions& options) {
  const std::string where = ServerName(options);
  if (!IsHost(options.host)) {
    return Fail(ErrorCode::kInvalidArgument, "the mail server's name is not a host name or address", where,
                "write the name alone: no scheme, port or user");
  }
  if (!options.helo.empty() && !IsHost(options.helo)) {
    return Fail(ErrorCode::kInvalidArgument, "the name to greet the mail server with is not a host name", where,
                "write a plain host name, or leave it out");
  }
  if (options.port == 0) {
    return Fail(ErrorCode::kInvalidArgument, "the mail server's port is 0", where, "often 25, 465 or 587");
  }
  if (options.connect_timeout <= Millis(0) || options.total_timeout <= Millis(0)) {
    return Fail(ErrorCode::kInvalidArgument, "a time limit for mail is not positive", where, "30s is usual");
  }
  Status sender = CheckAddress(options.from);
  if (!sender) return FailAt(std::move(sender).error(), "sender of mail");
  return CheckLogin(options);
}

}  // namespace lakeferry::notify
