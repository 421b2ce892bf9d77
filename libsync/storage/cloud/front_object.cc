#include "storage/cloud/front_object.h"

#include <algorithm>
#include <utility>

#include "http/http_date.h"
#include "storage/cloud/size_text.h"

namespace lakeferry {
namespace {

// Of "bytes 0-9/20", where the part begins with the first byte.
std::optional<int64_t> WholeSize(std::string_view content_range) {
  if (!content_range.starts_with("bytes 0-")) return std::nullopt;
  const size_t slash = content_range.rfind('/');
  return slash == std::string_view::npos ? std::nullopt : SizeOf(content_range.substr(slash + 1));
}

}  // namespace

std::optional<ObjectFront> FrontOf(const ObjectPath& path, const HttpReply& reply, std::string bytes) {
  if (reply.status != 206) return std::nullopt;
  const auto size = WholeSize(reply.headers.Find("Content-Range").value_or(""));
  const auto modified = ParseHttpDate(reply.headers.Find("Last-Modified").value_or(""));
  const auto etag = reply.headers.Find("ETag");
  if (!size || !modified || !etag || std::cmp_greater(bytes.size(), *size)) return std::nullopt;
  return ObjectFront{.info = {.path = path, .size_bytes = *size, .modified = *modified, .etag = std::string(*etag)},
                     .bytes = std::move(bytes)};
}

Task<Result<size_t>> FrontObject::Read(Call call, int64_t offset, std::span<char> buffer) {
  const int64_t end = std::min(info().size_bytes, offset + static_cast<int64_t>(buffer.size()));
  if (std::cmp_greater(end, front_.size())) co_return co_await rest_->Read(std::move(call), offset, buffer);
  if (offset >= end) co_return size_t{0};
  const std::string_view bytes =
      std::string_view(front_).substr(static_cast<size_t>(offset), static_cast<size_t>(end - offset));
  std::ranges::copy(bytes, buffer.begin());
  co_return bytes.size();
}

}  // namespace lakeferry
