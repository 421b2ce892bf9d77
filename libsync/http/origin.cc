#include "http/origin.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace lakeferry {
namespace {

constexpr uint16_t kHttpPort = 80;
constexpr uint16_t kHttpsPort = 443;

bool IsUnreserved(char byte) {
  return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
         byte == '.' || byte == '_' || byte == '~';
}

// What may stand in a name: letters, digits, '-', '.', '_' (which buckets have); ':' in the brackets of an IPv6
// address.
bool IsHost(std::string_view host, bool bracketed) {
  return !host.empty() && std::ranges::all_of(host, [&](char byte) {
    return (IsUnreserved(byte) && byte != '~') || (bracketed && byte == ':');
  });
}

bool IsTargetByte(char byte) { return byte > ' ' && byte < '\x7f'; }

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
  });
  return lower;
}

std::unexpected<Error> Refuse(std::string why, std::string_view text) {
  const bool hides = text.contains('@');
  return Fail(ErrorCode::kInvalidArgument, std::move(why), hides ? std::string() : std::string(text),
              "write https://host, https://host:port or one of them with a path");
}

Result<uint16_t> PortOf(std::string_view digits, std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0) {
    return Refuse("the port of a URL is a number from 1 to 65535", text);
  }
  return port;
}

int HexDigit(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

}  // namespace

std::string Authority(const Origin& origin) {
  const bool address = origin.host.contains(':');
  const std::string host = address ? fmt::format("[{}]", origin.host) : origin.host;
  return origin.port == (origin.tls ? kHttpsPort : kHttpPort) ? host : fmt::format("{}:{}", host, origin.port);
}

std::string ToString(const Origin& origin) {
  return fmt::format("{}://{}", origin.tls ? "https" : "http", Authority(origin));
}

bool IsLoopback(const Origin& origin) {
  return origin.host == "localhost" || origin.host == "::1" ||
         (origin.host.starts_with("127.") && origin.host.find_first_not_of("0123456789.") == std::string::npos);
}

Result<Url> ParseUrl(std::string_view text) {
  const std::string scheme = Lower(text.substr(0, std::min(text.find("://"), text.size())));
  if (scheme != "https" && scheme != "http") return Refuse("a URL begins with https:// or http://", text);
  std::string_view rest = text.substr(scheme.size() + 3);
  const size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, end);
  std::string_view target = rest.substr(end, rest.find('#') - end);
  if (authority.contains('@')) return Refuse("a URL may not carry a name or a password", text);

  Url url;
  url.origin = {.tls = scheme == "https", .host = {}, .port = scheme == "https" ? kHttpsPort : kHttpPort};
  const bool bracketed = authority.starts_with('[');
  const size_t bracket = authority.find(']');
  if (bracketed && bracket == std::string_view::npos)
    return Refuse("the address of a URL has no closing bracket", text);
  const size_t host_end = bracketed ? bracket + 1 : std::min(authority.find(':'), authority.size());
  url.origin.host = Lower(bracketed ? authority.substr(1, bracket - 1) : authority.substr(0, host_end));
  if (!IsHost(url.origin.host, bracketed)) return Refuse("a URL needs the name or the address of a host", text);
  if (host_end < authority.size()) {
    if (authority[host_end] != ':') return Refuse("after the host of a URL comes its port or its path", text);
    LF_TRY(url.origin.port, PortOf(authority.substr(host_end + 1), text));
  }
  if (!std::ranges::all_of(target, IsTargetByte))
    return Refuse("the path of a URL has a byte that must be encoded", text);
  url.target = target.starts_with('/') ? std::string(target) : fmt::format("/{}", target);
  return url;
}

std::string PercentEncode(std::string_view text, bool keep_slash) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size() + text.size() / 4);
  for (const char byte : text) {
    if (IsUnreserved(byte) || (keep_slash && byte == '/')) {
      encoded.push_back(byte);
      continue;
    }
    const auto value = static_cast<unsigned char>(byte);
    encoded.append({'%', kDigits[value >> 4], kDigits[value & 15]});
  }
  return encoded;
}

std::string PercentDecode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const bool coded =
        text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 && HexDigit(text[i + 2]) >= 0;
    decoded.push_back(coded ? static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2])) : text[i]);
    if (coded) i += 2;
  }
  return decoded;
}

std::string QueryText(const std::vector<std::pair<std::string, std::string>>& query) {
  std::string text;
  for (const auto& [name, value] : query) {
    text += text.empty() ? '?' : '&';
    text += fmt::format("{}={}", PercentEncode(name), PercentEncode(value));
  }
  return text;
}

}  // namespace lakeferry
