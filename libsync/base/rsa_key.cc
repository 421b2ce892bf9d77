#include "base/rsa_key.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <utility>

#include "base/base64.h"
#include "base/check.h"

namespace lakeferry {
namespace {

constexpr int kBitsMin = 2048;

struct FreeOfRsa {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};

// Instead of OpenSSL's, which asks the terminal.
int AskNobody(char*, int, int, void*) { return -1; }

}  // namespace

struct RsaKey::Handle {
  std::unique_ptr<EVP_PKEY, FreeOfRsa> key;
};

Result<RsaKey> RsaKey::FromPem(const Secret& pem) {
  const std::string_view text = pem.Reveal();
  const std::unique_ptr<BIO, FreeOfRsa> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  std::unique_ptr<EVP_PKEY, FreeOfRsa> key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, AskNobody, nullptr)
                                               : nullptr);
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key.get()) < kBitsMin) {
    return Fail(ErrorCode::kInvalidArgument, "this is no private RSA key of 2048 bits or more in PEM", {},
                "take the key as the service has made it");
  }
  return RsaKey(std::make_shared<const Handle>(std::move(key)));
}

std::string RsaKey::Sign(std::string_view message) const {
  const std::unique_ptr<EVP_MD_CTX, FreeOfRsa> context(EVP_MD_CTX_new());
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  std::string signature(static_cast<size_t>(EVP_PKEY_get_size(handle_->key.get())), '\0');
  size_t size = signature.size();
  const bool done =
      context && EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, handle_->key.get()) == 1 &&
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, message.size()) ==
          1;
  LF_CHECK(done, "RSA signs any message");
  signature.resize(size);
  return signature;
}

std::string ToBase64Url(std::string_view bytes) {
  std::string text = ToBase64(bytes);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  text.erase(text.find_last_not_of('=') + 1);
  return text;
}

}  // namespace lakeferry
