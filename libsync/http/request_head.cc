#include "http/request_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace lakeferry {
namespace {

// RFC 9110 5.6.2.
bool IsTokenByte(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~").contains(byte);
}

// RFC 9110 5.5: what is visible, bytes above ASCII, and blanks within.
bool IsValueByte(char byte) { return byte == '\t' || static_cast<unsigned char>(byte) >= ' ' ? byte != '\x7f' : false; }

Status CheckTarget(const HttpRequest& request) {
  const bool clean = std::ranges::all_of(request.target, [](char byte) { return byte > ' ' && byte < '\x7f'; });
  if (request.target.starts_with('/') && clean) return {};
  return Fail(ErrorCode::kInvalidArgument, "the path of a request has a byte that cannot be sent",
              ToString(request.origin), "report this as a bug");
}

Status CheckHeaders(const HttpRequest& request) {
  for (const auto& [name, value] : request.headers) {
    if (!name.empty() && std::ranges::all_of(name, IsTokenByte) && std::ranges::all_of(value, IsValueByte)) continue;
    return Fail(ErrorCode::kInvalidArgument, fmt::format("the header \"{}\" has a byte that cannot be sent", name),
                ToString(request.origin), "look at the token, key or name that it is made of: a line break, perhaps");
  }
  return {};
}

// GET, HEAD and DELETE without a body say nothing of one (RFC 9110 8.6).
bool SaysLength(const HttpRequest& request) {
  return !request.body.empty() || request.method == Method::kPut || request.method == Method::kPost ||
         request.method == Method::kPatch;
}

}  // namespace

Result<std::string> RequestHead(const HttpRequest& request, bool through_proxy) {
  LF_TRY_OK(CheckTarget(request));
  LF_TRY_OK(CheckHeaders(request));
  std::string head;
  head.reserve(1024);
  auto out = std::back_inserter(head);
  fmt::format_to(out, "{} {}{} HTTP/1.1\r\nHost: {}\r\n", MethodName(request.method),
                 through_proxy ? ToString(request.origin) : std::string(), request.target, Authority(request.origin));
  for (const auto& [name, value] : request.headers) fmt::format_to(out, "{}: {}\r\n", name, value);
  if (SaysLength(request)) fmt::format_to(out, "Content-Length: {}\r\n", request.body.size());
  head.append("\r\n");
  return head;
}

}  // namespace lakeferry
