// One conversation by SMTP through libcurl. Blocks; any thread; holds nothing between calls.
#pragma once

#include <string>

#include "async/call.h"
#include "base/result.h"
#include "base/time.h"
#include "notify/smtp/message.h"
#include "notify/smtp/smtp_options.h"

namespace lakeferry::notify {

// Hands `mail` to the server of `options`, which must have passed CheckSmtpOptions, within its total time limit.
// TLS is 1.2 or newer; certificate and host name are always verified. Recipients the server refuses do not
// keep the mail from the others. Errors, each at host:port:
//   kUnavailable      no connection, no answer in time, a 4xx reply; trying later may help
//   kUnauthorized     the server wants a login, or refused the one it got
//   kRefused          some recipients refused while the others have the mail: not to be sent again
//   kInvalidArgument  a 5xx reply (recipients named), a certificate that does not verify, no STARTTLS, an unusable CA
//                     file
//   kCancelled        `call` was stopped, within a second or two; the mail may be out all the same
// `left`: what time there is, if less than the options' limit.
[[nodiscard]] Status DeliverBySmtp(const Call& call, const SmtpOptions& options, const Mail& mail,
                                   std::optional<Millis> left = {});

// Connects, greets, secures and logs in as a delivery would, and leaves without a mail: proof that the server is there
// and takes us. Returns the certificate that it has shown, as PEM; empty without TLS. Errors as DeliverBySmtp.
[[nodiscard]] Result<std::string> ProbeSmtp(const SmtpOptions& options);

}  // namespace lakeferry::notify
