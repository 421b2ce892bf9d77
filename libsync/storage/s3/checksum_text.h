// Checksums as S3's headers write them: base64 of the number, its highest byte first. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "env/object_info.h"
#include "http/message.h"

namespace lakeferry::s3 {

[[nodiscard]] std::string ChecksumText(uint64_t crc64);
// The number that such a text stands for; absent for what is none.
[[nodiscard]] std::optional<uint64_t> Crc64OfText(std::string_view text);

// Those over a whole object that a reply tells of; one over the checksums of its parts is none (COMPOSITE).
[[nodiscard]] ObjectChecksums ChecksumsOf(const Headers& headers);

}  // namespace lakeferry::s3
