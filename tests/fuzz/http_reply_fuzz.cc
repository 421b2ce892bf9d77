// Replies of an HTTP server, which may be anybody's. The first byte says what was asked for and how the bytes arrive,
// the second how large a body is taken. However a reply is cut into pieces, it comes to the same.
#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "http/reply_reader.h"
#include "tests/fuzz/fuzz_target.h"

namespace lakeferry::fuzz {
namespace {

struct Read {
  bool whole = false;
  bool keeps_alive = false;
  int status = 0;
  std::string text;
};

// `piece`: at most so many bytes of the connection at once.
Read ReadAll(std::string_view bytes, Method method, size_t text_max, size_t piece) {
  ReplyBody body{.text_bytes_max = text_max};
  ReplyReader reader(method, body);
  Status taken;
  while (taken && !reader.done() && !bytes.empty()) {
    const std::span<char> room = reader.Room();
    LF_CHECK(!room.empty(), "there is room for more of a reply that is not done");
    const size_t count = std::min({room.size(), bytes.size(), piece});
    std::memcpy(room.data(), bytes.data(), count);
    bytes.remove_prefix(count);
    taken = reader.Took(count);
  }
  if (taken && !reader.done()) taken = reader.Ended();
  if (!taken || !reader.done()) return {};
  const HttpReply reply = reader.TakeReply();
  LF_CHECK(body.text.size() <= std::max<size_t>(text_max, size_t{64} << 10), "no more than was to be taken");
  return {.whole = true, .keeps_alive = reader.keeps_alive(), .status = reply.status, .text = body.text};
}

}  // namespace

void Try(std::string_view input) {
  if (input.size() < 2) return;
  constexpr std::array kMethods{Method::kGet, Method::kHead, Method::kPut, Method::kDelete};
  const auto how = static_cast<unsigned char>(input[0]);
  const size_t text_max = size_t{1} << (static_cast<unsigned char>(input[1]) % 18);
  input.remove_prefix(2);
  const Method method = kMethods[how % kMethods.size()];
  const Read whole = ReadAll(input, method, text_max, input.size() + 1);
  const Read pieces = ReadAll(input, method, text_max, 1 + how / 16);
  // Bytes behind a reply are seen, and refused, where they come with it.
  if (!whole.whole) return;
  LF_CHECK(pieces.whole && pieces.status == whole.status && pieces.text == whole.text, "pieces make no difference");
}

}  // namespace lakeferry::fuzz
