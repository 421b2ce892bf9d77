#include "storage/file/file_uri.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <optional>

#include "base/object_path.h"

namespace lakeferry {
namespace {

std::unexpected<Error> FailUri(std::string message, std::string_view uri) {
  return Fail(ErrorCode::kInvalidArgument, std::move(message), std::string(uri),
              "write file:///absolute/folder, with %20 for a space and so on");
}

// Nothing where a '%' is not followed by two hex digits.
std::optional<std::string> PercentDecode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned value = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc() || digits.size() != 2 || end != digits.data() + 2) return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

}  // namespace

std::string UriScheme(std::string_view uri) {
  const size_t colon = uri.find(':');
  if (colon == std::string_view::npos || colon == 0 || std::isalpha(static_cast<unsigned char>(uri[0])) == 0) return {};
  std::string scheme;
  for (const char c : uri.substr(0, colon)) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) == 0 && c != '+' && c != '-' && c != '.') return {};
    scheme += static_cast<char>(std::tolower(byte));
  }
  return scheme;
}

Result<std::string> ParseFileUri(std::string_view uri) {
  if (UriScheme(uri) != "file") return FailUri("this is no file:// URI", uri);
  std::string_view rest = uri.substr(5);
  if (rest.starts_with("//")) {
    const size_t path = rest.find('/', 2);
    const std::string_view host = rest.substr(2, path == std::string_view::npos ? path : path - 2);
    if (host.contains('@')) {
      return Fail(ErrorCode::kInvalidArgument, "the URI carries a user name or a password", "file://",
                  "write file:///absolute/folder; secrets are given by reference only");
    }
    if (!host.empty() && host != "localhost") {
      return FailUri(
          fmt::format("a file:// URI names a folder of this machine, but '{}' stands where a host goes", host), uri);
    }
    rest.remove_prefix(path == std::string_view::npos ? rest.size() : path);
  }
  if (rest.find_first_of("?#") != std::string_view::npos)
    return FailUri("'?' and '#' must be written %3F and %23", uri);
  auto decoded = PercentDecode(rest);
  if (!decoded) return FailUri("a '%' is not followed by two hex digits", uri);
  while (decoded->ends_with('/')) decoded->pop_back();
  if (decoded->empty()) return FailUri("it names no folder, or the root of the whole file system", uri);
  if (decoded->front() != '/') return FailUri("the folder is not absolute", uri);
  if (const auto path = ObjectPath::Make(std::string_view(*decoded).substr(1)); !path) {
    return FailUri(path.error().message, uri);
  }
  return *std::move(decoded);
}

}  // namespace lakeferry
