// RawClient: sends bytes to a server of this machine, whatever they are, and reads what it answers.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"

namespace lakeferry {

class RawClient {
 public:
  // Under TLS with a context; `good` says whether that came about.
  explicit RawClient(uint16_t port, SSL_CTX* tls = nullptr);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  [[nodiscard]] bool good() const { return good_; }
  void Send(std::string_view bytes);
  // Header and body of the next answer; of one to HEAD, and of a 304, the header alone. Empty where the server has
  // closed the connection before there was one.
  std::string ReadAnswer(bool head_only = false);
  // Whether the server closes the connection within that time, whatever it says before.
  bool ClosedWithin(Millis time);
  std::string Ask(std::string_view request) {
    Send(request);
    return ReadAnswer();
  }

 private:
  // 0 at the end.
  size_t ReadSome();

  int fd_ = -1;
  SSL* ssl_ = nullptr;
  bool good_ = false;
  std::string read_;
};

// That trusts the certificates of a file, and shows one where its files are named.
[[nodiscard]] std::shared_ptr<SSL_CTX> ClientContext(const std::string& ca_file, const std::string& certificate = {},
                                                     const std::string& key = {});

// "200" of an answer.
[[nodiscard]] std::string StatusOf(std::string_view answer);

}  // namespace lakeferry
