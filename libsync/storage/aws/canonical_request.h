// What of a request is signed, in the one spelling that AWS comes to as well ("canonical request"). Pure.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "http/message.h"

namespace lakeferry::aws {

// Headers that somebody on the way adds or changes, or that sign themselves.
inline constexpr std::array<std::string_view, 10> kUnsignedHeaders{
    "accept-encoding", "authorization", "connection",        "content-length", "expect", "te",
    "traceparent",     "user-agent",    "transfer-encoding", "x-amzn-trace-id"};

struct CanonicalRequest {
  std::string text;
  std::string signed_headers;  // "host;range;x-amz-date"
};

// `path_as_sent`: as S3 does it; otherwise empty segments and those that are "." or ".." go, and it is encoded again.
[[nodiscard]] CanonicalRequest MakeCanonicalRequest(const HttpRequest& request, bool path_as_sent,
                                                    std::string_view payload_hash);
// "host;…" of it.
[[nodiscard]] std::string SignedHeaders(const HttpRequest& request);

}  // namespace lakeferry::aws
