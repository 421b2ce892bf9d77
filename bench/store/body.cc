#include "bench/store/body.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <string_view>

namespace lakeferry::bench {
namespace {

constexpr int64_t kBodyBytesMax = int64_t{5} << 30;

// A line without its end, which is taken off `rest`; absent where there is none.
std::optional<std::string_view> TakeLine(std::string_view& rest) {
  const size_t end = rest.find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

std::unexpected<Refusal> Incomplete() { return Refuse(400, "IncompleteBody", "the chunks are none"); }

Task<Answer<Body>> ReadFramed(Inbox& inbox, const Request& request, BodySums sums, int64_t length) {
  if (request.Header("x-amz-content-sha256") != "STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
    co_return Refuse(501, "NotImplemented", "this store takes no signed chunks");
  }
  const auto memory = std::make_shared_for_overwrite<char[]>(static_cast<size_t>(length));
  const std::span<char> framed(memory.get(), static_cast<size_t>(length));
  const bool there = co_await inbox.Fill(framed, nullptr);
  if (!there) co_return Refuse(kGone, "");
  const Answer<int64_t> size = TakeChunks(framed, sums);
  if (!size) co_return std::unexpected(size.error());
  const auto said = NumberOf(request.HeaderOr("x-amz-decoded-content-length", ""));
  if (said != *size) co_return Incomplete();
  const Answer<bool> right = sums.Check();
  if (!right) co_return std::unexpected(right.error());
  co_return Body{.content = Content::InMemory(memory, *size), .crc64 = sums.crc64(), .summed = sums.said()};
}

}  // namespace

Answer<int64_t> TakeChunks(std::span<char> framed, BodySums& sums) {
  std::string_view rest(framed.data(), framed.size());
  size_t kept = 0;
  while (true) {
    const auto line = TakeLine(rest);
    if (!line) return Incomplete();
    size_t size = 0;
    const auto [end, error] = std::from_chars(line->data(), line->data() + line->size(), size, 16);
    const bool ends = end == line->data() + line->size() || *end == ';';
    if (error != std::errc() || !ends) return Incomplete();
    if (size == 0) break;
    if (rest.size() < size + 2 || rest.substr(size, 2) != "\r\n") return Incomplete();
    std::memmove(framed.data() + kept, rest.data(), size);
    sums.Update(framed.subspan(kept, size));
    kept += size;
    rest.remove_prefix(size + 2);
  }
  while (const auto line = TakeLine(rest)) {
    const size_t colon = line->find(':');
    if (colon == std::string_view::npos) continue;
    std::string_view value = line->substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    sums.TakeTrailer(line->substr(0, colon), value);
  }
  return static_cast<int64_t>(kept);
}

Task<Answer<Body>> ReadBody(Inbox& inbox, const Request& request, bool drop) {
  Answer<BodySums> sums = BodySums::For(request);
  if (!sums) co_return std::unexpected(sums.error());
  if (request.Header("Transfer-Encoding")) co_return Refuse(411, "MissingContentLength");
  const int64_t length = request.length.value_or(0);
  if (length > kBodyBytesMax) co_return Refuse(400, "EntityTooLarge");
  if (request.HeaderOr("x-amz-content-sha256", "").starts_with("STREAMING-")) {
    co_return co_await ReadFramed(inbox, request, *std::move(sums), length);
  }
  Content content = Content::Dropped(length);
  bool there = false;
  if (drop) {
    there = co_await inbox.Skip(length, &*sums);
  } else {
    const auto memory = std::make_shared_for_overwrite<char[]>(static_cast<size_t>(length));
    there = co_await inbox.Fill({memory.get(), static_cast<size_t>(length)}, &*sums);
    content = Content::InMemory(memory, length);
  }
  if (!there) co_return Refuse(kGone, "");
  const Answer<bool> right = sums->Check();
  if (!right) co_return std::unexpected(right.error());
  co_return Body{.content = std::move(content), .crc64 = sums->crc64(), .summed = sums->said()};
}

}  // namespace lakeferry::bench
