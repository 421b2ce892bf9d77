#include "http/server/server_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "http/origin.h"

namespace lakeferry {
namespace {

struct Said {
  std::string_view name;
  std::string_view value;
};

constexpr std::array<Said, 7> kAlwaysSaid{{
    {.name = "Cache-Control", .value = "no-store"},
    {.name = "Content-Security-Policy", .value = "default-src 'none'; frame-ancestors 'none'"},
    {.name = "Cross-Origin-Opener-Policy", .value = "same-origin"},
    {.name = "Cross-Origin-Resource-Policy", .value = "same-origin"},
    {.name = "Referrer-Policy", .value = "no-referrer"},
    {.name = "X-Content-Type-Options", .value = "nosniff"},
    {.name = "X-Frame-Options", .value = "DENY"},
}};

bool IsHexDigit(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

std::optional<std::string> Decoded(std::string_view text) {
  for (size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (at + 2 >= text.size() || !IsHexDigit(text[at + 1]) || !IsHexDigit(text[at + 2])) return std::nullopt;
  }
  std::string decoded = PercentDecode(text);
  if (decoded.contains('\0')) return std::nullopt;
  return decoded;
}

// Each piece of `text` between separators, by `take`, which says whether it is good.
bool EachPiece(std::string_view text, char separator, const auto& take) {
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    if (!take(text.substr(0, end))) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

}  // namespace

std::optional<std::string_view> ServerRequest::Asked(std::string_view name) const {
  const auto found = std::ranges::find(query, name, [](const auto& pair) -> std::string_view { return pair.first; });
  if (found == query.end()) return std::nullopt;
  return found->second;
}

ServerReply ServerReply::Text(int status, std::string text) {
  return {.status = status,
          .type = "text/plain; charset=utf-8",
          .body = std::make_shared<const std::string>(std::move(text))};
}

ServerReply ServerReply::Json(int status, std::string document) {
  return {.status = status, .body = std::make_shared<const std::string>(std::move(document))};
}

bool TakeTarget(ServerRequest& request) {
  const std::string_view target = request.target;
  const size_t mark = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(0, mark);
  if (!path.starts_with('/')) return false;
  path.remove_prefix(1);
  const bool good = EachPiece(path, '/', [&](std::string_view piece) {
    auto decoded = Decoded(piece);
    if (!decoded) return false;
    request.path.push_back(*std::move(decoded));
    return true;
  });
  return good && EachPiece(target.substr(std::min(mark + 1, target.size())), '&', [&](std::string_view piece) {
           const size_t equals = std::min(piece.find('='), piece.size());
           auto name = Decoded(piece.substr(0, equals));
           auto value = Decoded(piece.substr(std::min(equals + 1, piece.size())));
           if (!name || !value) return false;
           request.query.emplace_back(*std::move(name), *std::move(value));
           return true;
         });
}

std::string_view ReasonOf(int status) {
  switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "Unknown";
  }
}

std::string ReplyHead(const ServerReply& reply, bool keeps_alive) {
  std::string head;
  head.reserve(1024);
  auto out = std::back_inserter(head);
  fmt::format_to(out, "HTTP/1.1 {} {}\r\n", reply.status, ReasonOf(reply.status));
  if (reply.status != 304) {
    fmt::format_to(out, "Content-Type: {}\r\nContent-Length: {}\r\n", reply.type, reply.body ? reply.body->size() : 0);
  }
  for (const auto& [name, value] : reply.headers) fmt::format_to(out, "{}: {}\r\n", name, value);
  for (const Said& said : kAlwaysSaid) {
    if (!reply.headers.Find(said.name)) fmt::format_to(out, "{}: {}\r\n", said.name, said.value);
  }
  if (!keeps_alive) head += "Connection: close\r\n";
  head += "\r\n";
  return head;
}

}  // namespace lakeferry
