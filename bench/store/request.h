// Request: what came as the head of a request to S3, path style, taken apart. A value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/store/refusal.h"
#include "http/message.h"

namespace lakeferry::bench {

struct Request {
  std::string method;
  std::string path;  // as it came
  std::string bucket;
  std::string key;
  std::vector<std::pair<std::string, std::string>> query;  // decoded
  Headers headers;
  std::optional<int64_t> length = {};  // of the body
  bool keeps_alive = true;

  [[nodiscard]] std::optional<std::string_view> Header(std::string_view name) const { return headers.Find(name); }
  [[nodiscard]] std::string HeaderOr(std::string_view name, std::string_view otherwise) const {
    return std::string(Header(name).value_or(otherwise));
  }
  [[nodiscard]] bool Has(std::string_view parameter) const { return Query(parameter).has_value(); }
  [[nodiscard]] std::optional<std::string> Query(std::string_view parameter) const;
  [[nodiscard]] std::string QueryOr(std::string_view parameter, std::string_view otherwise) const {
    return Query(parameter).value_or(std::string(otherwise));
  }
};

// Path and query of a target, into the request.
void TakeTarget(Request& request, std::string_view target);

// Without its %XX; with `plus` a '+' is a space.
[[nodiscard]] std::string PercentDecode(std::string_view text, bool plus = false);

// Digits alone.
[[nodiscard]] std::optional<int64_t> NumberOf(std::string_view text);

// What of an object a GET asks for (RFC 9110 14.2), first and size; absent: all of it. InvalidRange.
[[nodiscard]] Answer<std::optional<std::pair<int64_t, int64_t>>> RangeOf(std::optional<std::string_view> said,
                                                                         int64_t size);

}  // namespace lakeferry::bench
