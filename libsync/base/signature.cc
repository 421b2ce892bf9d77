#include "base/signature.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>

#include "base/base64.h"
#include "base/check.h"

namespace lakeferry {
namespace {

constexpr std::string_view kPrefix = "ed25519:";
constexpr size_t kSignatureBytes = 64;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;
using Memory = std::unique_ptr<BIO, Free>;

const unsigned char* BytesOf(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// Instead of OpenSSL's, which asks the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

PublicKey PublicOf(EVP_PKEY* key) {
  std::array<unsigned char, PublicKey::kBytes> raw{};
  size_t size = raw.size();
  LF_CHECK(EVP_PKEY_get_raw_public_key(key, raw.data(), &size) == 1 && size == raw.size(),
           "an Ed25519 key has 32 bytes");
  return PublicKey::FromRaw(raw);
}

}  // namespace

std::optional<PublicKey> PublicKey::FromText(std::string_view text) {
  if (!text.starts_with(kPrefix)) return std::nullopt;
  const std::optional<std::string> bytes = FromBase64(text.substr(kPrefix.size()));
  if (!bytes || bytes->size() != kBytes) return std::nullopt;
  std::array<unsigned char, kBytes> raw{};
  std::ranges::copy(*bytes, raw.begin());
  return PublicKey(raw);
}

std::string PublicKey::ToText() const {
  return std::string(kPrefix) + ToBase64({reinterpret_cast<const char*>(raw_.data()), raw_.size()});
}

bool PublicKey::Verifies(std::string_view message, std::string_view signature) const {
  const Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw_.data(), raw_.size()));
  const Context context(EVP_MD_CTX_new());
  if (!key || !context) return false;
  if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1) return false;
  return EVP_DigestVerify(context.get(), BytesOf(signature), signature.size(), BytesOf(message), message.size()) == 1;
}

struct SigningKey::Handle {
  Key key;
};

SigningKey::SigningKey(std::shared_ptr<const Handle> handle)
    : handle_(std::move(handle)), public_key_(PublicOf(handle_->key.get())) {}

SigningKey SigningKey::New() {
  Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  LF_CHECK(key != nullptr, "OpenSSL makes Ed25519 keys");
  return SigningKey(std::make_shared<const Handle>(std::move(key)));
}

Result<SigningKey> SigningKey::FromPem(const Secret& pem) {
  const std::string_view text = pem.Reveal();
  const Memory bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  Key key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr) : nullptr);
  if (!key || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) {
    return Fail(ErrorCode::kInvalidArgument, "this is no private key for Ed25519 in PEM", {},
                "make one with `lakeferry key new`");
  }
  return SigningKey(std::make_shared<const Handle>(std::move(key)));
}

Secret SigningKey::ToPem() const {
  const Memory bio(BIO_new(BIO_s_secmem()));
  LF_CHECK(
      bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), handle_->key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
      "a key can be written");
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);  // NOLINT: OpenSSL's type
  const std::string_view text(bytes, static_cast<size_t>(size));
  return Secret::Filled(text.size(), [text](std::span<char> room) {
    std::ranges::copy(text, room.begin());
    return text.size();
  });
}

std::string SigningKey::Sign(std::string_view message) const {
  const Context context(EVP_MD_CTX_new());
  std::string signature(kSignatureBytes, '\0');
  size_t size = signature.size();
  const bool done = context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, handle_->key.get()) == 1 &&
                    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                                   BytesOf(message), message.size()) == 1;
  LF_CHECK(done && size == kSignatureBytes, "Ed25519 signs any message");
  return signature;
}

}  // namespace lakeferry
