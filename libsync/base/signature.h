// Ed25519 signatures (RFC 8032, by OpenSSL) of the documents in staging: who holds the private key wrote the manifest
// or receipt, and nobody has changed it since. A key pair belongs to one region; the other region trusts its public
// key.
#pragma once

#include <array>
#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace lakeferry {

class PublicKey {
 public:
  static constexpr size_t kBytes = 32;

  // "ed25519:" and the base64 of the raw key, as `trusted_keys` has it. Absent for any other text.
  [[nodiscard]] static std::optional<PublicKey> FromText(std::string_view text);
  [[nodiscard]] static PublicKey FromRaw(const std::array<unsigned char, kBytes>& raw) { return PublicKey(raw); }
  [[nodiscard]] std::string ToText() const;

  // Whether the private key of this one made `signature` (raw bytes) of `message`.
  [[nodiscard]] bool Verifies(std::string_view message, std::string_view signature) const;

  auto operator<=>(const PublicKey&) const = default;

 private:
  explicit PublicKey(const std::array<unsigned char, kBytes>& raw) : raw_(raw) {}

  std::array<unsigned char, kBytes> raw_;
};

// The private half; copies share it.
class SigningKey {
 public:
  // A new one from the system's randomness.
  [[nodiscard]] static SigningKey New();
  // From PEM (PKCS #8, unencrypted), as `lakeferry key new` and `openssl genpkey -algorithm ed25519` write it.
  // kInvalidArgument for anything else; the error says nothing of the text.
  [[nodiscard]] static Result<SigningKey> FromPem(const Secret& pem);
  [[nodiscard]] Secret ToPem() const;

  [[nodiscard]] const PublicKey& public_key() const { return public_key_; }
  // 64 raw bytes; the same for the same message.
  [[nodiscard]] std::string Sign(std::string_view message) const;

 private:
  struct Handle;
  explicit SigningKey(std::shared_ptr<const Handle> handle);

  std::shared_ptr<const Handle> handle_;
  PublicKey public_key_;
};

}  // namespace lakeferry
