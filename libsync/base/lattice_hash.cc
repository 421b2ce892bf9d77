#include "base/lattice_hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <bit>
#include <memory>

#include "base/base64.h"
#include "base/check.h"

namespace lakeferry {
namespace {

using Bytes = std::array<unsigned char, LatticeHash::kBytes>;

// Contexts are made once a thread: looking the algorithms up takes longer than they do.
class Expansion {
 public:
  Expansion() {
    LF_CHECK(sha256_ && cipher_, "OpenSSL has memory");
    LF_CHECK(EVP_DigestInit_ex(sha256_.get(), EVP_sha256(), nullptr) == 1, "OpenSSL offers SHA-256");
    LF_CHECK(EVP_EncryptInit_ex(cipher_.get(), EVP_aes_256_ctr(), nullptr, nullptr, nullptr) == 1,
             "OpenSSL offers AES-256 in counter mode");
  }

  void Of(std::string_view element, Bytes& out) {
    static constexpr Bytes kZeros{};
    static constexpr std::array<unsigned char, 16> kCounter{};
    std::array<unsigned char, 32> key{};
    unsigned int key_size = 0;
    int size = 0;
    const bool hashed = EVP_DigestInit_ex(sha256_.get(), nullptr, nullptr) == 1 &&
                        EVP_DigestUpdate(sha256_.get(), element.data(), element.size()) == 1 &&
                        EVP_DigestFinal_ex(sha256_.get(), key.data(), &key_size) == 1;
    LF_CHECK(hashed && key_size == key.size(), "SHA-256 takes bytes");
    const bool made =
        EVP_EncryptInit_ex(cipher_.get(), nullptr, nullptr, key.data(), kCounter.data()) == 1 &&
        EVP_EncryptUpdate(cipher_.get(), out.data(), &size, kZeros.data(), static_cast<int>(kZeros.size())) == 1;
    LF_CHECK(made && size == static_cast<int>(out.size()), "AES gives a stream");
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> sha256_{EVP_MD_CTX_new()};
  std::unique_ptr<EVP_CIPHER_CTX, Free> cipher_{EVP_CIPHER_CTX_new()};
};

std::array<uint16_t, LatticeHash::kLanes> LanesOf(const Bytes& bytes) {
  auto lanes = std::bit_cast<std::array<uint16_t, LatticeHash::kLanes>>(bytes);
  if constexpr (std::endian::native == std::endian::big) {
    for (uint16_t& lane : lanes) lane = static_cast<uint16_t>(lane << 8 | lane >> 8);
  }
  return lanes;
}

std::array<uint16_t, LatticeHash::kLanes> LanesOf(std::string_view element) {
  thread_local Expansion expansion;
  Bytes bytes;
  expansion.Of(element, bytes);
  return LanesOf(bytes);
}

}  // namespace

const LatticeHash::Lanes& LatticeHash::lanes() const {
  static constexpr Lanes kZeros{};
  return lanes_ ? *lanes_ : kZeros;
}

LatticeHash::Lanes& LatticeHash::own_lanes() {
  if (!lanes_) lanes_ = std::make_unique<Lanes>();
  return *lanes_;
}

void LatticeHash::Add(std::string_view element) {
  const auto lanes = LanesOf(element);
  Lanes& own = own_lanes();
  for (size_t i = 0; i < kLanes; ++i) own[i] = static_cast<uint16_t>(own[i] + lanes[i]);
}

void LatticeHash::Subtract(std::string_view element) {
  const auto lanes = LanesOf(element);
  Lanes& own = own_lanes();
  for (size_t i = 0; i < kLanes; ++i) own[i] = static_cast<uint16_t>(own[i] - lanes[i]);
}

std::string LatticeHash::ToBase64() const {
  Bytes bytes{};
  const Lanes& all = lanes();
  for (size_t i = 0; i < kLanes; ++i) {
    bytes[2 * i] = static_cast<unsigned char>(all[i]);
    bytes[2 * i + 1] = static_cast<unsigned char>(all[i] >> 8);
  }
  return lakeferry::ToBase64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::optional<LatticeHash> LatticeHash::FromBase64(std::string_view text) {
  const std::optional<std::string> bytes = lakeferry::FromBase64(text);
  if (!bytes || bytes->size() != kBytes) return std::nullopt;
  Bytes lanes{};
  std::ranges::copy(*bytes, lanes.begin());
  LatticeHash hash;
  hash.lanes_ = std::make_unique<Lanes>(LanesOf(lanes));
  return hash;
}

}  // namespace lakeferry
