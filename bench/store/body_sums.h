// BodySums: the checksums that a request says of its body, compared with those of what came; and the CRC-64 that the
// store keeps in any case.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/crc32c.h"
#include "base/crc64.h"
#include "bench/store/refusal.h"
#include "bench/store/request.h"

namespace lakeferry::bench {

class BodySums {
 public:
  // NotImplemented for one that the store does not know.
  static Answer<BodySums> For(const Request& request);
  BodySums(BodySums&&) noexcept;
  BodySums& operator=(BodySums&&) noexcept;
  ~BodySums();

  // The body without its framing, in pieces.
  void Update(std::span<const char> piece);
  // What a trailer says, name in lower case.
  void TakeTrailer(std::string_view name, std::string_view value);
  // BadDigest, XAmzContentSHA256Mismatch, InvalidDigest.
  Answer<bool> Check();
  [[nodiscard]] uint64_t crc64() const { return crc64_.value(); }
  // Whether a checksum was said, beside what the signature covers.
  [[nodiscard]] bool said() const;

 private:
  struct Digests;
  BodySums();

  Crc64 crc64_;
  Crc32c crc32c_;
  uint32_t crc32_ = 0;
  std::unique_ptr<Digests> digests_;
};

}  // namespace lakeferry::bench
