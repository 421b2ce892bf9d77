// Requests and replies of HTTP/1.1, as values that stores, workflow services and catalogs fill and read.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/origin.h"

namespace lakeferry {

enum class Method { kGet, kHead, kPut, kPost, kPatch, kDelete };
[[nodiscard]] std::string_view MethodName(Method method);

// In the order in which they were added; names are compared without regard to case (RFC 9110 5.1).
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

  void Add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  // In place of all that are there.
  void Set(std::string_view name, std::string value);
  // The first.
  [[nodiscard]] std::optional<std::string_view> Find(std::string_view name) const;
  [[nodiscard]] auto begin() const { return fields_.begin(); }
  [[nodiscard]] auto end() const { return fields_.end(); }
  [[nodiscard]] size_t size() const { return fields_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// Host, Content-Length and Connection are the client's to add. Neither a header nor the target is ever logged: both may
// carry signatures and tokens.
struct HttpRequest {
  Method method = Method::kGet;
  Origin origin;
  std::string target = "/";
  Headers headers = {};
  std::span<const char> body = {};  // lives until the reply is there
};

struct HttpReply {
  int status = 0;
  Headers headers = {};

  [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
};

inline constexpr size_t kRefusalBytesMax = size_t{64} << 10;

// Where the body of a reply goes.
struct ReplyBody {
  // That of a success (2xx), where there is any room: no more than fits.
  std::span<char> room = {};
  // Of those successes alone whose header is as it says; empty: of all. What a gateway on the way says with 200 is not
  // to stand where a part of an object is wanted. Called on the thread that reads.
  std::function<bool(const HttpReply&)> room_for = {};
  // Any other goes here, as long as it has no more bytes than this; what a refusal says, as long as kRefusalBytesMax.
  size_t text_bytes_max = size_t{1} << 20;

  size_t received = 0;  // how much of `room` is filled, after an error too: a broken download is taken up there
  std::string text = {};
};

}  // namespace lakeferry
