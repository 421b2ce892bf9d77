// BufferOf: a buffer that holds a text.
#pragma once

#include <algorithm>
#include <string_view>

#include "base/buffer.h"

namespace lakeferry {

inline Buffer BufferOf(std::string_view text) {
  Buffer buffer(text.size());
  std::ranges::copy(text, buffer.room().begin());
  buffer.Resize(text.size());
  return buffer;
}

}  // namespace lakeferry
