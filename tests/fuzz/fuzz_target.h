// What the fuzz targets share. Each defines Try(), which must end well for any bytes: with a value or an error, within
// memory and time, and true to what it says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"

namespace lakeferry::fuzz {

inline constexpr std::string_view kWhere = "table/_delta_log/00000000000000000001.json";

void Try(std::string_view input);

}  // namespace lakeferry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  lakeferry::fuzz::Try({reinterpret_cast<const char*>(data), size});
  return 0;
}
