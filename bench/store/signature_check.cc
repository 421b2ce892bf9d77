#include "bench/store/signature_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/hex.h"
#include "http/origin.h"

namespace lakeferry::bench {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr Millis kSkewMax = std::chrono::minutes(15);

// Of "Credential=…, SignedHeaders=…, Signature=…".
std::string FieldOf(std::string_view text, std::string_view name) {
  const size_t at = text.find(std::string(name) + "=");
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + name.size() + 1);
  return std::string(rest.substr(0, rest.find_first_of(", ")));
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t at = 0; at <= text.size();) {
    parts.push_back(text.substr(at, text.find(separator, at) - at));
    at += parts.back().size() + 1;
  }
  return parts;
}

std::string Squeezed(std::string_view value) {
  std::string text;
  for (const char byte : value) {
    const bool blank = byte == ' ' || byte == '\t';
    if (blank && (text.empty() || text.back() == ' ')) continue;
    text.push_back(blank ? ' ' : byte);
  }
  if (text.ends_with(' ')) text.pop_back();
  return text;
}

bool SameName(std::string_view a, std::string_view lower) {
  return std::ranges::equal(
      a, lower, {}, [](char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte; });
}

std::string CanonicalQuery(const Request& request) {
  std::vector<std::string> parameters;
  for (const auto& [name, value] : request.query) {
    if (name != "X-Amz-Signature") parameters.push_back(PercentEncode(name) + "=" + PercentEncode(value));
  }
  std::ranges::sort(parameters);
  std::string text;
  for (const std::string& one : parameters) (text += text.empty() ? "" : "&") += one;
  return text;
}

std::string CanonicalHeaders(const Request& request, std::string_view signed_headers) {
  std::string text;
  for (const std::string_view name : Split(signed_headers, ';')) {
    text += name;
    char before = ':';
    for (const auto& [other, value] : request.headers) {
      if (!SameName(other, name)) continue;
      text += before;
      text += Squeezed(value);
      before = ',';
    }
    if (before == ':') text += ':';
    text += '\n';
  }
  return text;
}

// "20150830T123600Z".
std::optional<TimeMs> TimeOf(std::string_view text) {
  if (text.size() != 16) return std::nullopt;
  const auto time = ParseTime(fmt::format("{}-{}-{}T{}:{}:{}Z", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2),
                                          text.substr(9, 2), text.substr(11, 2), text.substr(13, 2)));
  if (!time) return std::nullopt;
  return *time;
}

}  // namespace

Answer<SignatureCheck::Said> SignatureCheck::ReadQuery(const Request& request) {
  Said said{.credential = request.QueryOr("X-Amz-Credential", ""),
            .headers = request.QueryOr("X-Amz-SignedHeaders", ""),
            .signature = request.QueryOr("X-Amz-Signature", ""),
            .time = request.QueryOr("X-Amz-Date", ""),
            .payload = "UNSIGNED-PAYLOAD",
            .in_query = true};
  if (said.signature.empty()) return Refuse(403, "AccessDenied", "the request is not signed");
  return said;
}

Answer<SignatureCheck::Said> SignatureCheck::Read(const Request& request) {
  const auto authorization = request.Header("Authorization");
  if (!authorization) return ReadQuery(request);
  if (!authorization->starts_with(kAlgorithm)) {
    return Refuse(400, "InvalidRequest", "the authorization mechanism you have provided is not supported");
  }
  return Said{.credential = FieldOf(*authorization, "Credential"),
              .headers = FieldOf(*authorization, "SignedHeaders"),
              .signature = FieldOf(*authorization, "Signature"),
              .time = request.HeaderOr("x-amz-date", ""),
              .payload = request.HeaderOr("x-amz-content-sha256", "")};
}

HmacSha256& SignatureCheck::KeyOf(std::string_view day) {
  if (day_ == day && key_) return *key_;
  day_ = day;
  std::string key = "AWS4" + keys_.secret;
  for (const std::string_view step : {day, std::string_view(keys_.region), std::string_view("s3")}) {
    key = BytesOf(HmacSha256(key).Of(step));
  }
  return key_.emplace(BytesOf(HmacSha256(key).Of("aws4_request")));
}

Answer<bool> SignatureCheck::Check(const Request& request, TimeMs now) {
  BENCH_TRY(const Said said, Read(request));
  const auto scope = Split(said.credential, '/');
  if (scope.size() != 5 || scope[3] != "s3" || scope[4] != "aws4_request" || said.payload.empty()) {
    return Refuse(400, "AuthorizationHeaderMalformed", "the credential is no scope of S3");
  }
  if (scope[0] != keys_.id) return Refuse(403, "InvalidAccessKeyId", "nobody knows this key");
  if (scope[2] != keys_.region) return Refuse(400, "AuthorizationHeaderMalformed", "the region is wrong");
  const auto time = TimeOf(said.time);
  if (!time || !said.time.starts_with(scope[1])) return Refuse(403, "AccessDenied", "the date is none");
  const Millis off = now > *time ? now - *time : *time - now;
  if (!said.in_query && off > kSkewMax) return Refuse(403, "RequestTimeTooSkewed", "the clocks are too far apart");
  if (said.in_query && now - *time > std::chrono::seconds(NumberOf(request.QueryOr("X-Amz-Expires", "")).value_or(0))) {
    return Refuse(403, "AccessDenied", "the request has expired");
  }
  const auto names = Split(said.headers, ';');
  if (std::ranges::find(names, "host") == names.end()) return Refuse(403, "AccessDenied", "Host is not signed");
  const std::string canonical =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, PercentEncode(PercentDecode(request.path), true),
                  CanonicalQuery(request), CanonicalHeaders(request, said.headers), said.headers, said.payload);
  const std::string text =
      fmt::format("{}\n{}\n{}/{}/s3/aws4_request\n{}", kAlgorithm, said.time, scope[1], scope[2], Sha256Hex(canonical));
  if (LowerHex(KeyOf(scope[1]).Of(text)) != said.signature) {
    return Refuse(403, "SignatureDoesNotMatch", "the signature is not that of the request");
  }
  return true;
}

}  // namespace lakeferry::bench
