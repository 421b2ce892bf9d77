// ClientCertificate: how a service principal of Microsoft Entra proves itself by the key of a certificate instead of a
// secret: a signed assertion (RFC 7523). Pure: the time is a parameter.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/rsa_key.h"
#include "base/secret.h"
#include "base/time.h"

namespace lakeferry::azure {

class ClientCertificate {
 public:
  // A private RSA key and its certificate in PEM, in any order, the key unencrypted; of several certificates the first.
  // kInvalidArgument for anything else; the error says nothing of the text.
  [[nodiscard]] static Result<ClientCertificate> FromPem(const Secret& pem);

  // Says for ten minutes that `client` asks the service at `audience`, a URL. `id`: no two assertions have the same.
  [[nodiscard]] std::string Assertion(std::string_view client, std::string_view audience, std::string_view id,
                                      TimeMs now) const;

 private:
  ClientCertificate(RsaKey key, std::string thumbprint) : key_(std::move(key)), thumbprint_(std::move(thumbprint)) {}

  RsaKey key_;
  std::string thumbprint_;  // SHA-256 of the certificate, as "x5t#S256" has it
};

}  // namespace lakeferry::azure
