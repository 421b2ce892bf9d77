#include "base/digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/check.h"
#include "base/hex.h"

namespace lakeferry {

struct Sha256::Impl {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {
  LF_CHECK(EVP_DigestInit_ex(impl_->context, EVP_sha256(), nullptr) == 1, "OpenSSL offers SHA-256");
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::Update(std::string_view bytes) {
  LF_CHECK(EVP_DigestUpdate(impl_->context, bytes.data(), bytes.size()) == 1, "SHA-256 takes bytes");
}

std::string Sha256::FinishHex() {
  std::array<unsigned char, 32> digest{};
  unsigned int size = 0;
  LF_CHECK(EVP_DigestFinal_ex(impl_->context, digest.data(), &size) == 1 && size == digest.size(), "SHA-256 ends");
  return LowerHex(digest);
}

std::string Sha256Hex(std::string_view bytes) {
  Sha256 sha;
  sha.Update(bytes);
  return sha.FinishHex();
}

std::string Md5Hex(std::string_view bytes) {
  std::array<unsigned char, 16> digest{};
  unsigned int size = 0;
  const bool done = EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_md5(), nullptr) == 1;
  return done ? LowerHex(digest) : std::string();
}

std::string Hex64(uint64_t value) { return fmt::format("{:016x}", value); }

std::string NameUuid(std::string_view name) {
  const std::string input = std::string("lakeferry:") + std::string(name);
  std::array<unsigned char, 20> digest{};
  unsigned int size = 0;
  LF_CHECK(EVP_Digest(input.data(), input.size(), digest.data(), &size, EVP_sha1(), nullptr) == 1, "SHA-1 for UUIDs");
  digest[6] = static_cast<unsigned char>((digest[6] & 0x0f) | 0x50);
  digest[8] = static_cast<unsigned char>((digest[8] & 0x3f) | 0x80);
  const std::string hex = LowerHex(std::span(digest).first(16));
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
         hex.substr(20, 12);
}

}  // namespace lakeferry
