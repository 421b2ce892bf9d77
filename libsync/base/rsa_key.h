// RsaKey: a private RSA key that signs with SHA-256 (RSASSA-PKCS1-v1_5, "RS256" of JWT), as accounts of services have
// it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace lakeferry {

// Copies share the key. Any thread.
class RsaKey {
 public:
  // From PEM, unencrypted (PKCS #8 or PKCS #1), of 2048 bits or more. kInvalidArgument for anything else; the error
  // says nothing of the text.
  [[nodiscard]] static Result<RsaKey> FromPem(const Secret& pem);
  // Raw bytes; the same for the same message.
  [[nodiscard]] std::string Sign(std::string_view message) const;

 private:
  struct Handle;
  explicit RsaKey(std::shared_ptr<const Handle> handle) : handle_(std::move(handle)) {}
  std::shared_ptr<const Handle> handle_;
};

// Base64 of URLs without padding (RFC 4648 section 5).
[[nodiscard]] std::string ToBase64Url(std::string_view bytes);

}  // namespace lakeferry
