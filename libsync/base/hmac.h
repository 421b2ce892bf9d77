// HMAC-SHA256 (RFC 2104, by OpenSSL) of many messages with one key, which is worked into the context once.
#pragma once

#include <array>
#include <memory>
#include <string_view>

namespace lakeferry {

// One thread at a time.
class HmacSha256 {
 public:
  using Digest = std::array<unsigned char, 32>;

  // Keeps no view of the key; what is made of it is wiped with this.
  explicit HmacSha256(std::string_view key);
  ~HmacSha256();
  HmacSha256(HmacSha256&&) noexcept;
  HmacSha256& operator=(HmacSha256&&) noexcept;

  [[nodiscard]] Digest Of(std::string_view message);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// A digest as the bytes that the next key is.
[[nodiscard]] inline std::string_view BytesOf(const HmacSha256::Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace lakeferry
