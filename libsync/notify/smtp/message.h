// A mail as text: RFC 5322 headers from a fixed template and a quoted-printable body. Nothing that a table, path or
// error is named can add a header or a recipient. Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace lakeferry::notify {

struct Message {
  std::vector<std::string> to;  // addresses
  std::string subject;
  std::string body;       // plain text
  std::string html = {};  // the same as HTML, for readers that prefer it; empty: none
};

// What a mail needs beside the Message; nothing here is drawn from a clock or at random by this file.
struct MailStamp {
  std::string from;  // an address
  TimeMs date;
  std::string message_id;  // "left@right" without angle brackets
};

// One mail, ready for SMTP except for dot-stuffing.
struct Mail {
  std::vector<std::string> recipients;  // the envelope: distinct, in the order given
  std::string text;                     // CRLF lines, ASCII only
};

// kInvalidArgument, naming it, unless `address` is "local@domain" of plain ASCII words: no display name, quotes,
// comments, spaces or control characters, at most 254 bytes.
[[nodiscard]] Status CheckAddress(std::string_view address);

// kInvalidArgument for a bad address or identifier and when there is no recipient. The subject may hold anything: it is
// put on one line, cut at 300 bytes and encoded. The body may hold anything too, and is cut at 64 KiB, with its end
// saying so; so is the HTML, at 256 KiB, which comes beside it (multipart/alternative). All leave without known
// secrets.
[[nodiscard]] Result<Mail> BuildMail(const Message& message, const MailStamp& stamp);

// "Sat, 21 Nov 2026 07:39:39 +0000".
[[nodiscard]] std::string MailDate(TimeMs time);

}  // namespace lakeferry::notify
