// Etags in documents: what is read there is put into headers of requests.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/reader.h"

namespace lakeferry::plan {

inline constexpr size_t kEtagBytesMax = 256;

// Visible ASCII, no longer than that.
[[nodiscard]] bool IsEtag(std::string_view text);

// What stands at `key`; empty where nothing does. kCorruptLog, at `where` if that is said, for what is no
// etag.
[[nodiscard]] Result<std::string> FindEtag(const json::Fields& json, std::string_view key, std::string_view where = {});

}  // namespace lakeferry::plan
