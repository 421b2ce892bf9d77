// SmtpOptions: where mail goes and how, as the configuration says.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

namespace lakeferry::notify {

enum class SmtpSecurity {
  kPlain,     // no TLS: for a relay on this machine or a closed network; never with a password
  kStartTls,  // TLS after STARTTLS, required: a server that does not offer it gets no mail
  kTls,       // TLS from the first byte (smtps)
};

struct SmtpOptions {
  std::string host;  // name or address
  uint16_t port = 587;
  SmtpSecurity security = SmtpSecurity::kStartTls;
  std::string from;      // an address
  std::string username;  // empty: no authentication
  Secret password;
  std::string helo;                // name this side gives itself; empty: the host's name
  std::string ca_file;             // PEM, trusted in place of the system's; empty: the system's
  Millis connect_timeout{10'000};  // TCP, TLS and greeting
  Millis total_timeout{30'000};    // one Send, from the first look-up to the server's answer
};

// kInvalidArgument, naming what is wrong: host, port, sender's address, a password without TLS, a limit that is not
// positive. Touches neither the network nor the CA file.
[[nodiscard]] Status CheckSmtpOptions(const SmtpOptions& options);

// "host:port", as errors show it.
[[nodiscard]] std::string ServerName(const SmtpOptions& options);

}  // namespace lakeferry::notify
