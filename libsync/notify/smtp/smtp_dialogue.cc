#include "notify/smtp/smtp_dialogue.h"

#include <algorithm>

#include "base/known_secrets.h"
#include "notify/smtp/mime.h"

namespace lakeferry::notify {
namespace {

constexpr size_t kCommandBytesMax = 300;
constexpr size_t kReplyBytesMax = 200;
constexpr size_t kPartialBytesMax = 4096;
constexpr size_t kRefusalsMax = 1000;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The code of a final reply line ("250 …"); 0 for a line of a longer reply ("250-…") and for what is no reply.
int FinalCode(std::string_view line) {
  if (line.size() < 3 || !std::ranges::all_of(line.substr(0, 3), IsDigit)) return 0;
  if (line.size() > 3 && line[3] != ' ') return 0;
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

}  // namespace

void SmtpDialogue::OnCommand(std::string_view bytes) {
  if (bytes.starts_with("AUTH")) {
    login_ = true;
    command_ = "the login";
    return;
  }
  // The lines of a login that follow AUTH hold its secret, in Base64: only what cannot be Base64 ends our silence.
  const bool with_argument = bytes.starts_with("MAIL ") || bytes.starts_with("RCPT ") || bytes.starts_with("EHLO ") ||
                             bytes.starts_with("HELO ");
  const bool known = with_argument || bytes == "STARTTLS\r\n" || bytes == "DATA\r\n" || bytes == "QUIT\r\n";
  if (!known) return;
  login_ = false;
  command_ = bytes.starts_with("DATA") ? "the message" : OneLine(bytes, kCommandBytesMax);
}

void SmtpDialogue::OnReply(std::string_view bytes) {
  partial_ += bytes;
  size_t end = partial_.find('\n');
  while (end != std::string::npos) {
    OnReplyLine(std::string_view(partial_).substr(0, end));
    partial_.erase(0, end + 1);
    end = partial_.find('\n');
  }
  if (partial_.size() > kPartialBytesMax) partial_.clear();
}

void SmtpDialogue::OnReplyLine(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
  const int code = FinalCode(line);
  if (code < 400 || refusals_.size() >= kRefusalsMax) return;
  // A server may repeat what it was sent. What it says to a login is not shown; elsewhere secrets are taken out before
  // blanks are joined and the line is cut, which would leave pieces of them.
  const std::string shown = login_ ? std::string(line.substr(0, 3)) : WithoutSecrets(line);
  refusals_.push_back({.command = command_, .reply = OneLine(shown, kReplyBytesMax), .code = code});
}

}  // namespace lakeferry::notify
