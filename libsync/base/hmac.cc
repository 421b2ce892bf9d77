#include "base/hmac.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <string>

#include "base/check.h"

namespace lakeferry {
namespace {

// Looked up once: that takes longer than a signature.
EVP_MAC* Algorithm() {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  return algorithm;
}

const unsigned char* Raw(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

struct HmacSha256::Context {
  EVP_MAC_CTX* mac = EVP_MAC_CTX_new(Algorithm());
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MAC_CTX_free(mac); }
};

HmacSha256::HmacSha256(std::string_view key) : context_(std::make_unique<Context>()) {
  std::string digest = "SHA256";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                                   OSSL_PARAM_construct_end()};
  // No key at all and a key of no bytes are two things to OpenSSL: a null one would not be taken.
  const std::string_view given = key.empty() ? std::string_view("") : key;
  LF_CHECK(context_->mac != nullptr && EVP_MAC_init(context_->mac, Raw(given), given.size(), parameters) == 1,
           "OpenSSL offers HMAC-SHA256");
}
HmacSha256::~HmacSha256() = default;
HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;
HmacSha256& HmacSha256::operator=(HmacSha256&&) noexcept = default;

HmacSha256::Digest HmacSha256::Of(std::string_view message) {
  Digest digest{};
  size_t size = 0;
  // Without a key: back to where the key was worked in.
  LF_CHECK(EVP_MAC_init(context_->mac, nullptr, 0, nullptr) == 1 &&
               EVP_MAC_update(context_->mac, Raw(message), message.size()) == 1 &&
               EVP_MAC_final(context_->mac, digest.data(), &size, digest.size()) == 1 && size == digest.size(),
           "HMAC-SHA256 takes any message");
  return digest;
}

}  // namespace lakeferry
