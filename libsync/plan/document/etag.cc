#include "plan/document/etag.h"

#include <fmt/format.h>

#include <algorithm>

namespace lakeferry::plan {

bool IsEtag(std::string_view text) {
  const auto visible = [](char c) { return c > ' ' && c < '\x7f'; };
  return !text.empty() && text.size() <= kEtagBytesMax && std::ranges::all_of(text, visible);
}

Result<std::string> FindEtag(const json::Fields& json, std::string_view key, std::string_view where) {
  if (!json.Has(key)) return std::string();
  LF_TRY(std::string etag, json.String(key));
  if (IsEtag(etag)) return etag;
  return Fail(ErrorCode::kCorruptLog, fmt::format("{} is no etag", key), std::string(where));
}

}  // namespace lakeferry::plan
