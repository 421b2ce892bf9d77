// Checksums. CRC-64/NVME guards data files on their way (object stores speak it natively); SHA-256 binds manifests and
// their parts; UUIDs of version 5 name things that must come out the same after a crash.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/crc64.h"  // IWYU pragma: export

namespace lakeferry {

// SHA-256 over bytes given in pieces (OpenSSL).
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void Update(std::string_view bytes);
  // The digest in 64 lower-case hex digits; the object takes no more bytes afterwards.
  [[nodiscard]] std::string FinishHex();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

[[nodiscard]] std::string Sha256Hex(std::string_view bytes);

// MD5 in 32 lower-case hex digits, only for comparing with what other programs wrote (Delta's _last_checkpoint); empty
// where OpenSSL offers no MD5 (FIPS).
[[nodiscard]] std::string Md5Hex(std::string_view bytes);

// 16 lower-case hex digits.
[[nodiscard]] std::string Hex64(uint64_t value);

// A UUID of version 5 (name-based, SHA-1) in a namespace of this project, in canonical text form.
[[nodiscard]] std::string NameUuid(std::string_view name);

}  // namespace lakeferry
