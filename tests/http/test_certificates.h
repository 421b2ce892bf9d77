// Certificates for tests, made when they are needed: one who signs, and what he has signed.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace lakeferry {

struct TestCertificate {
  std::string subject_alt_name = "IP:127.0.0.1,DNS:localhost";
  long valid_from_s = -3600;  // from now on
  long valid_for_s = 7200;
};

class TestSigner {
 public:
  TestSigner();
  ~TestSigner();
  TestSigner(const TestSigner&) = delete;
  TestSigner& operator=(const TestSigner&) = delete;

  // The signer's own certificate.
  [[nodiscard]] std::string Pem() const;
  // A certificate of that common name, and its key, as PEM.
  struct Signed {
    std::string certificate;
    std::string key;
  };
  [[nodiscard]] Signed Sign(const TestCertificate& wanted, const std::string& name = "server") const;
  // What a server needs to show such a certificate.
  [[nodiscard]] std::shared_ptr<SSL_CTX> Serve(const TestCertificate& wanted) const;

 private:
  EVP_PKEY* key_;
  X509* certificate_;
};

}  // namespace lakeferry
