#include "base/sha1.h"

#include <openssl/evp.h>

#include <array>

#include "base/check.h"
#include "base/hex.h"

namespace lakeferry {

std::string Sha1Hex(std::string_view bytes) {
  std::array<unsigned char, 20> digest{};
  unsigned int size = 0;
  LF_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha1(), nullptr) == 1, "SHA-1 for names");
  return LowerHex(digest);
}

}  // namespace lakeferry
