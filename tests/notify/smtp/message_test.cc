#include "notify/smtp/message.h"

#include "base/known_secrets.h"

#include <algorithm>
#include <string>
#include <vector>

namespace lakeferry::notify {
namespace {

using std::string_literals::operator""s;

MailStamp Stamp() {
  return {.from = "dr@lake.example", .date = FromEpochMs(1'795'246'779'123), .message_id = "1.2@lake.example"};
}

Message Ordinary() { return {.to = {"ops@lake.example"}, .subject = "group orders failed", .body = "Why.\n"}; }

// The names of the header fields, in order; a line of the header that is neither a field nor a fold comes back whole.
std::vector<std::string> FieldNames(const std::string& text) {
  std::vector<std::string> names;
  const std::string header = text.substr(0, text.find("\r\n\r\n") + 2);
  size_t start = 0;
  for (size_t end = header.find("\r\n"); end != std::string::npos; end = header.find("\r\n", start)) {
    const std::string line = header.substr(start, end - start);
    start = end + 2;
    if (!line.starts_with(' ')) names.push_back(line.substr(0, line.find(':')));
  }
  return names;
}

const std::vector<std::string>& Template() {
  static const std::vector<std::string> names = {"Date",         "From",         "To",
                                                 "Subject",      "Message-ID",   "Auto-Submitted",
                                                 "MIME-Version", "Content-Type", "Content-Transfer-Encoding"};
  return names;
}

// What an attacker who may name tables, paths and errors would try.
const std::vector<std::string>& HostileTexts() {
  static const std::vector<std::string> texts = {
      "x\r\nBcc: evil@evil.example",
      "x\nBcc: evil@evil.example",
      "x\rBcc: evil@evil.example",
      "x\r\n\r\nbody of another",
      "x\r\n.\r\nMAIL FROM:<evil@evil.example>\r\n",
      "\r\nBcc: evil@evil.example",
      "x\0\r\nBcc: evil@evil.example"s,
      "x\r\n Bcc: folded@evil.example",
      "x\r\n\tBcc: folded@evil.example",
      "x\xC0\x8A"
      "Bcc: overlong@evil.example",
      "x\xE2\x80\xA8"
      "Bcc: separator@evil.example",
      "x\xC2\x85"
      "Bcc: nel@evil.example",
      "x\x0B"
      "Bcc: tab@evil.example",
      "x\x0C"
      "Bcc: feed@evil.example",
      "=?utf-8?q?x=0D=0ABcc:_evil@evil.example?=",
      "=?utf-8?b?eA0KQmNjOiBldmlsQGV2aWwuZXhhbXBsZQ==?=",
      "x\\r\\nBcc: evil@evil.example",
      "x%0d%0aBcc: evil@evil.example",
      "x\xE5\x98\x8A\xE5\x98\x8D"
      "Bcc: evil@evil.example",  // U+560A U+560D: CR LF when narrowed
      std::string(100'000, 'x') + "\r\nBcc: evil@evil.example",
      std::string(997, ' ') + "\r\nBcc: evil@evil.example",
      "\xEF\xBB\xBF\r\nBcc: evil@evil.example",
  };
  return texts;
}

TEST(BuildMail, WritesTheTemplate) {
  const Result<Mail> mail = BuildMail(Ordinary(), Stamp());
  ASSERT_TRUE(mail);
  EXPECT_EQ(mail->text,
            "Date: Sat, 21 Nov 2026 07:39:39 +0000\r\n"
            "From: lakeferry <dr@lake.example>\r\n"
            "To: ops@lake.example\r\n"
            "Subject: group orders failed\r\n"
            "Message-ID: <1.2@lake.example>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "Why.\r\n");
  EXPECT_EQ(mail->recipients, std::vector<std::string>{"ops@lake.example"});
}

TEST(BuildMail, NamesEachRecipientOnceOnALineOfItsOwn) {
  Message message = Ordinary();
  message.to = {"a@x", "b@x", "a@x"};
  const Result<Mail> mail = BuildMail(message, Stamp());
  ASSERT_TRUE(mail);
  EXPECT_EQ(mail->recipients, (std::vector<std::string>{"a@x", "b@x"}));
  EXPECT_NE(mail->text.find("To: a@x,\r\n b@x\r\n"), std::string::npos);
}

TEST(BuildMail, HostileSubjectAddsNoHeaderLine) {
  for (const std::string& text : HostileTexts()) {
    Message message = Ordinary();
    message.subject = text;
    const Result<Mail> mail = BuildMail(message, Stamp());
    ASSERT_TRUE(mail) << text;
    EXPECT_EQ(FieldNames(mail->text), Template()) << text;
    EXPECT_EQ(mail->recipients, message.to) << text;
    EXPECT_TRUE(mail->text.ends_with("\r\n\r\nWhy.\r\n")) << text;
  }
}

TEST(BuildMail, HostileBodyStaysBelowTheHeaderAndWithinAscii) {
  for (const std::string& text : HostileTexts()) {
    Message message = Ordinary();
    message.body = text;
    const Result<Mail> mail = BuildMail(message, Stamp());
    ASSERT_TRUE(mail) << text;
    EXPECT_EQ(FieldNames(mail->text), Template()) << text;
    for (size_t i = 0; i < mail->text.size(); ++i) {
      const char c = mail->text[i];
      if (c == '\n') EXPECT_EQ(mail->text[i - 1], '\r') << text;
      if (c == '\r') EXPECT_EQ(mail->text[i + 1], '\n') << text;
      const bool legal = c == '\r' || c == '\n' || (c >= 0x20 && c < 0x7F) || c == '\t';
      EXPECT_TRUE(legal) << text;
    }
  }
}

TEST(BuildMail, RefusesHostileRecipients) {
  for (const std::string& text : HostileTexts()) {
    Message message = Ordinary();
    message.to.push_back("ops@lake.example" + text);
    const Result<Mail> mail = BuildMail(message, Stamp());
    ASSERT_FALSE(mail) << text;
    EXPECT_EQ(mail.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(mail.error().message.find_first_of("\r\n\0"s), std::string::npos) << "an error that forges log lines";
    EXPECT_LT(mail.error().message.size(), 200u);
  }
}

TEST(BuildMail, RefusesHostileSender) {
  for (const std::string& text : HostileTexts()) {
    MailStamp stamp = Stamp();
    stamp.from += text;
    EXPECT_FALSE(BuildMail(Ordinary(), stamp)) << text;
  }
}

TEST(BuildMail, RefusesHostileMessageId) {
  for (const std::string& text : HostileTexts()) {
    MailStamp stamp = Stamp();
    stamp.message_id += text;
    EXPECT_FALSE(BuildMail(Ordinary(), stamp)) << text;
  }
}

TEST(BuildMail, RefusesAMailToNobody) {
  Message message = Ordinary();
  message.to.clear();
  const Result<Mail> mail = BuildMail(message, Stamp());
  ASSERT_FALSE(mail);
  EXPECT_EQ(mail.error().code, ErrorCode::kInvalidArgument);
}

TEST(CheckAddress, TakesUsualAddresses) {
  for (const char* address : {"a@b", "first.last+tag@mail.example.com", "o'brien@x-y.example", "root@localhost",
                              "=?x?=@example.com", "_@x_y.example"}) {
    EXPECT_TRUE(CheckAddress(address)) << address;
  }
}

TEST(CheckAddress, RefusesWhatSmtpCouldReadInTwoWays) {
  const std::vector<std::string> addresses = {"",
                                              "a",
                                              "@b",
                                              "a@",
                                              "a@b@c",
                                              "a b@c",
                                              "a@b c",
                                              "a@b>",
                                              "<a@b>",
                                              "a@b,c@d",
                                              "a@b;c@d",
                                              "\"a\"@b",
                                              "a(x)@b",
                                              "a\\@b",
                                              ".a@b",
                                              "a.@b",
                                              "a..b@c",
                                              "a@.b",
                                              "a@b.",
                                              "a@b..c",
                                              "a@[127.0.0.1]",
                                              "Name <a@b>",
                                              "a@b SIZE=1",
                                              "ä@b",
                                              "a@ä",
                                              "a@b\r",
                                              "a@b\n",
                                              "a@b\0"s,
                                              "a\0@b"s,
                                              "\ta@b",
                                              " a@b",
                                              "a@b ",
                                              "a@b/c",
                                              "a:b@c",
                                              "@x:a@b",
                                              "a%\n@b",
                                              std::string(65, 'a') + "@b",
                                              "a@" + std::string(253, 'b')};
  for (const std::string& address : addresses) {
    const Status checked = CheckAddress(address);
    ASSERT_FALSE(checked) << address;
    EXPECT_EQ(checked.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(MailDate, KnowsLeapDaysAndTheEpoch) {
  EXPECT_EQ(MailDate(FromEpochMs(0)), "Thu, 01 Jan 1970 00:00:00 +0000");
  EXPECT_EQ(MailDate(FromEpochMs(1'709'251'199'999)), "Thu, 29 Feb 2024 23:59:59 +0000");
  EXPECT_EQ(MailDate(FromEpochMs(-1)), "Wed, 31 Dec 1969 23:59:59 +0000");
}

TEST(BuildMail, HasABoundAndNoKnownSecret) {
  RememberSecret(Secret("mail-canary"s));
  Message message = Ordinary();
  message.subject = "said mail-canary";
  message.body = "said mail-canary\n" + std::string(10'000'000, 'x');
  const auto mail = BuildMail(message, Stamp());
  ASSERT_TRUE(mail);
  EXPECT_LT(mail->text.size(), 80'000U);
  EXPECT_THAT(mail->text, testing::HasSubstr("Subject: said [secret]\r\n"));
  EXPECT_THAT(mail->text, testing::HasSubstr("said [secret]\r\nxxx"));
  EXPECT_THAT(mail->text, testing::HasSubstr("bytes left out]\r\n"));
}

TEST(BuildMail, HtmlComesBesideTheTextAndNothingInEitherEndsAPart) {
  Message message = Ordinary();
  message.body = "text --=_lakeferry--\r\nContent-Type: text/html\r\n";
  message.html = "<p>--=_lakeferry\n</p>";
  const std::string mail = BuildMail(message, Stamp()).value().text;
  EXPECT_NE(mail.find("\r\nContent-Type: multipart/alternative; boundary=\"=_lakeferry\"\r\n\r\n"), std::string::npos);
  size_t boundaries = 0;
  for (size_t at = mail.find("\r\n--=_lakeferry"); at != std::string::npos;
       at = mail.find("\r\n--=_lakeferry", at + 1)) {
    ++boundaries;
  }
  EXPECT_EQ(boundaries, 3U);
  EXPECT_LT(mail.find("Content-Type: text/plain"), mail.find("Content-Type: text/html")) << "the last is preferred";
  EXPECT_TRUE(mail.ends_with("\r\n--=_lakeferry--\r\n"));
}

}  // namespace
}  // namespace lakeferry::notify
