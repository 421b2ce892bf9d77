// TlsContext: whom we trust when a server shows its certificate, and what we show where we are the server. TLS 1.2 and
// later; nothing switches the check off.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

struct asn1_string_st;
struct ssl_ctx_st;

namespace lakeferry {

// What a server shows, and whose certificates it takes from clients; all PEM.
struct ServerTls {
  std::string certificate;  // with those between it and one that clients trust
  std::string key;
  std::string client_ca;  // empty: clients are asked for none

  bool operator==(const ServerTls&) const = default;
};

// The time that `time` says; absent where it says none.
[[nodiscard]] std::optional<TimeMs> TimeOfAsn1(const asn1_string_st* time);

// Until when the first certificate of a PEM text is good; absent where there is none.
[[nodiscard]] std::optional<TimeMs> EndOfCertificate(std::string_view pem);

// Any thread, once made.
class TlsContext {
 public:
  // Trusts the certificates of `ca_file` (PEM) alone; of the system where it is empty. kInvalidArgument where the file
  // holds none.
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> Make(const std::string& ca_file);
  // Of the server's side. A client may come without a certificate; one that it shows has to be good.
  // kInvalidArgument, with the file, where one cannot be read, or key and certificate are not of each other.
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> MakeServer(const ServerTls& files);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // Until when the server's certificate is good; absent without one.
  [[nodiscard]] std::optional<TimeMs> ShownUntil() const;

  [[nodiscard]] ssl_ctx_st* native() const { return context_; }

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

}  // namespace lakeferry
