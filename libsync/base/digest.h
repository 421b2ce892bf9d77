// Checksums. CRC-64/NVME guards data files on their way (object stores speak it natively); SHA-256 binds manifests and
// their parts; UUIDs of version 5 name things that must come out the same after a crash.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace lakeferry {

// CRC-64/NVME (polynomial 0xad93d23594c93659, reflected, init and xorout all ones) over bytes given in pieces.
class Crc64 {
 public:
  void Update(std::span<const char> bytes);
  [[nodiscard]] uint64_t value() const { return ~state_; }

 private:
  uint64_t state_ = ~uint64_t{0};
};

[[nodiscard]] uint64_t Crc64Of(std::string_view bytes);

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

// 16 lower-case hex digits.
[[nodiscard]] std::string Hex64(uint64_t value);

// A UUID of version 5 (name-based, SHA-1) in a namespace of this project, in canonical text form.
[[nodiscard]] std::string NameUuid(std::string_view name);

}  // namespace lakeferry
