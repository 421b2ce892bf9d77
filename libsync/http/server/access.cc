#include "http/server/access.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/digest.h"
#include "http/origin.h"

namespace lakeferry {
namespace {

std::string LowerText(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return lower;
}

Refusal NotFromHere(int status, std::string message, std::string remedy) {
  return {
      .status = status,
      .error = {
          .code = ErrorCode::kRefused, .message = std::move(message), .where = "request", .remedy = std::move(remedy)}};
}

}  // namespace

std::string HostOf(std::string_view host_header) {
  const size_t bracket = host_header.find(']');
  if (host_header.starts_with('[') && bracket != std::string_view::npos) {
    return LowerText(host_header.substr(1, bracket - 1));
  }
  return LowerText(host_header.substr(0, host_header.find(':')));
}

std::optional<Refusal> CheckHost(const ServerRequest& request, std::span<const std::string> names) {
  const std::string host = HostOf(request.headers.Find("Host").value_or(std::string_view()));
  if (IsLoopback({.tls = request.tls, .host = host}) || (!host.empty() && host == request.local_address)) return {};
  const auto same = [&](const std::string& name) { return LowerText(name) == host; };
  if (std::ranges::any_of(names, same)) return {};
  return NotFromHere(421, "this server is not called by that name",
                     "name it by its address, or add the name to http.names in the configuration");
}

std::optional<Refusal> CheckSite(const ServerRequest& request) {
  if (request.method == "GET" || request.method == "HEAD") return {};
  const auto site = request.headers.Find("Sec-Fetch-Site");
  const auto origin = request.headers.Find("Origin");
  const std::string own = fmt::format("{}://{}", request.tls ? "https" : "http",
                                      LowerText(request.headers.Find("Host").value_or(std::string_view())));
  const bool from_elsewhere =
      (site && *site != "same-origin" && *site != "none") || (origin && LowerText(*origin) != own);
  if (!from_elsewhere) return {};
  return NotFromHere(403, "a page of another site may change nothing here",
                     "ask from a program, or from this server's page");
}

bool SameInConstantTime(std::string_view one, std::string_view other) {
  const std::string a = Sha256Hex(one);
  const std::string b = Sha256Hex(other);
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool ShowsToken(const ServerRequest& request, const Secret& token) {
  constexpr std::string_view kScheme = "bearer ";
  std::string_view shown = request.headers.Find("Authorization").value_or(std::string_view());
  if (shown.size() < kScheme.size() || LowerText(shown.substr(0, kScheme.size())) != kScheme) return false;
  shown.remove_prefix(kScheme.size());
  shown.remove_prefix(std::min(shown.find_first_not_of(' '), shown.size()));
  return !token.empty() && SameInConstantTime(shown, token.Reveal());
}

}  // namespace lakeferry
