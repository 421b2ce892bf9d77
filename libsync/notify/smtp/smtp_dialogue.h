// What client and server said to each other, as far as an error message needs it. Sees libcurl's protocol trace;
// keeps no login data. One delivery, one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lakeferry::notify {

class SmtpDialogue {
 public:
  struct Refusal {
    std::string command;  // "RCPT TO:<a@b>", "MAIL FROM:<…>", "the login", "the message"
    std::string reply;    // "550 5.1.1 no such user", one line, without secrets; for the login the code alone
    int code = 0;
  };

  // A line the client sent; more of a login is recognised by what came before it.
  void OnCommand(std::string_view bytes);
  // Bytes of the server's replies: whole lines or pieces of them.
  void OnReply(std::string_view bytes);

  // Replies of 400 and more, in order.
  [[nodiscard]] const std::vector<Refusal>& refusals() const { return refusals_; }

 private:
  void OnReplyLine(std::string_view line);

  std::string command_ = "the connection";
  std::string partial_;
  bool login_ = false;
  std::vector<Refusal> refusals_;
};

}  // namespace lakeferry::notify
