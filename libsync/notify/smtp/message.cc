#include "notify/smtp/message.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/shown_text.h"
#include "notify/smtp/mime.h"

namespace lakeferry::notify {
namespace {

constexpr size_t kAddressBytesMax = 254;  // RFC 5321 4.5.3.1.3, less the angle brackets
constexpr size_t kLocalBytesMax = 64;
constexpr size_t kSubjectBytesMax = 300;
constexpr size_t kBodyBytesMax = size_t{64} << 10;
constexpr size_t kHtmlBytesMax = size_t{256} << 10;
constexpr size_t kBadBytesMax = 120;  // of a bad address within an error

bool IsAlphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// "atext" of RFC 5322.
bool IsAtomChar(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-/=?^_`{|}~";
  return IsAlphanumeric(c) || kMarks.find(c) != std::string_view::npos;
}

bool IsDomainChar(char c) { return IsAlphanumeric(c) || c == '-' || c == '_'; }

// Non-empty words of `allowed` characters with single dots between them.
bool IsDotted(std::string_view text, bool (*allowed)(char)) {
  bool after_dot = true;
  for (const char c : text) {
    if (c == '.' ? after_dot : !allowed(c)) return false;
    after_dot = c == '.';
  }
  return !after_dot;
}

bool IsAddress(std::string_view address) {
  const size_t at = address.find('@');
  if (at == std::string_view::npos || address.size() > kAddressBytesMax || at > kLocalBytesMax) return false;
  return IsDotted(address.substr(0, at), IsAtomChar) && IsDotted(address.substr(at + 1), IsDomainChar);
}

Status CheckEveryAddress(const std::vector<std::string>& addresses) {
  if (addresses.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "the mail has no recipient", "", "name at least one address");
  }
  for (const std::string& address : addresses) {
    LF_TRY_OK(CheckAddress(address));
  }
  return {};
}

std::vector<std::string> Distinct(const std::vector<std::string>& addresses) {
  std::vector<std::string> out;
  for (const std::string& address : addresses) {
    if (std::ranges::find(out, address) == out.end()) out.push_back(address);
  }
  return out;
}

std::string Part(std::string_view type, std::string_view text, size_t bytes_max) {
  return fmt::format(
      "Content-Type: {}; charset=utf-8\r\n"
      "Content-Transfer-Encoding: quoted-printable\r\n"
      "\r\n{}",
      type, QuotedPrintable(FitToShow(text, bytes_max)));
}

// From the type of what is in it on. No quoted-printable text has "=_" (RFC 2045 6.7), so none can end a part.
std::string Contents(const Message& message) {
  std::string text = Part("text/plain", message.body, kBodyBytesMax);
  if (message.html.empty()) return text;
  constexpr std::string_view kBoundary = "=_lakeferry";
  return fmt::format(
      "Content-Type: multipart/alternative; boundary=\"{0}\"\r\n"
      "\r\n"
      "--{0}\r\n{1}\r\n--{0}\r\n{2}\r\n--{0}--\r\n",
      kBoundary, text, Part("text/html", message.html, kHtmlBytesMax));
}

}  // namespace

Status CheckAddress(std::string_view address) {
  if (IsAddress(address)) return {};
  return Fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is not a mail address", OneLine(address, kBadBytesMax)),
              "", "write it as name@domain in plain ASCII, without a display name");
}

std::string MailDate(TimeMs time) {
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday(day).c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

Result<Mail> BuildMail(const Message& message, const MailStamp& stamp) {
  LF_TRY_OK(CheckAddress(stamp.from));
  LF_TRY_OK(CheckEveryAddress(message.to));
  if (!IsAddress(stamp.message_id)) {
    return Fail(ErrorCode::kInvalidArgument, "the message id is not of the form left@right",
                OneLine(stamp.message_id, kBadBytesMax));
  }
  Mail mail{.recipients = Distinct(message.to), .text = {}};
  mail.text = fmt::format(
      "Date: {}\r\n"
      "From: lakeferry <{}>\r\n"
      "To: {}\r\n"
      "Subject: {}\r\n"
      "Message-ID: <{}>\r\n"
      "Auto-Submitted: auto-generated\r\n"
      "MIME-Version: 1.0\r\n",
      MailDate(stamp.date), stamp.from, fmt::join(mail.recipients, ",\r\n "),
      EncodeHeaderText(OneLine(FitToShow(message.subject), kSubjectBytesMax)), stamp.message_id);
  mail.text += Contents(message);
  return mail;
}

}  // namespace lakeferry::notify
