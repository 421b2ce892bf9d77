#include "bench/store/request.h"

#include <algorithm>
#include <charconv>

namespace lakeferry::bench {
namespace {

std::optional<int> HexOf(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> Request::Query(std::string_view parameter) const {
  const auto found = std::ranges::find_if(query, [&](const auto& one) { return one.first == parameter; });
  if (found == query.end()) return std::nullopt;
  return found->second;
}

std::string PercentDecode(std::string_view text, bool plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto high = text[i] == '%' && i + 2 < text.size() ? HexOf(text[i + 1]) : std::nullopt;
    const auto low = high ? HexOf(text[i + 2]) : std::nullopt;
    if (low) {
      decoded.push_back(static_cast<char>(*high * 16 + *low));
      i += 2;
    } else {
      decoded.push_back(plus && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return decoded;
}

void TakeTarget(Request& request, std::string_view target) {
  const size_t question = std::min(target.find('?'), target.size());
  request.path = target.substr(0, question);
  const std::string_view path = std::string_view(request.path).substr(std::min<size_t>(1, question));
  const size_t slash = std::min(path.find('/'), path.size());
  request.bucket = PercentDecode(path.substr(0, slash));
  request.key = PercentDecode(path.substr(std::min(slash + 1, path.size())));
  const std::string_view query = target.substr(std::min(question + 1, target.size()));
  for (size_t at = 0; at < query.size();) {
    const std::string_view parameter = query.substr(at, query.find('&', at) - at);
    at += parameter.size() + 1;
    const size_t equals = std::min(parameter.find('='), parameter.size());
    request.query.emplace_back(PercentDecode(parameter.substr(0, equals), true),
                               PercentDecode(parameter.substr(std::min(equals + 1, parameter.size())), true));
  }
}

std::optional<int64_t> NumberOf(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

Answer<std::optional<std::pair<int64_t, int64_t>>> RangeOf(std::optional<std::string_view> said, int64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!said || !said->starts_with(kUnit) || said->contains(',')) return std::nullopt;
  const std::string_view range = said->substr(kUnit.size());
  const size_t dash = range.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = NumberOf(range.substr(0, dash));
  const auto last = NumberOf(range.substr(dash + 1));
  if (!first && !last) return std::nullopt;
  if (!first) {
    if (*last == 0 || size == 0) return Refuse(416, "InvalidRange");
    const int64_t count = std::min(*last, size);
    return std::pair(size - count, count);
  }
  if (*first >= size) return Refuse(416, "InvalidRange");
  if (last && *last < *first) return std::nullopt;
  return std::pair(*first, std::min(last.value_or(size), size - 1) - *first + 1);
}

}  // namespace lakeferry::bench
