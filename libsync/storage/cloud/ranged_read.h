// A read of some bytes of an object that was opened, for every cloud: what is asked for, and whether that came.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "env/object_info.h"

namespace lakeferry {

// How many bytes there are from `offset` on, of as many as `buffer` has room for; 0 behind the end.
[[nodiscard]] int64_t BytesToRead(const ObjectInfo& info, int64_t offset, std::span<const char> buffer);

// The store's answer to a read of `asked` bytes, of which `received` came: kCorruptData at `where` unless it is what
// was asked for, or the whole object where that was.
[[nodiscard]] Status CheckRangeReply(int status, int64_t asked, size_t received, const ObjectInfo& info,
                                     const std::string& where);

}  // namespace lakeferry
