#include "storage/azure/credentials/shared_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "http/origin.h"

namespace lakeferry::azure {
namespace {

std::string LowerOf(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

// The service sorts names as words: a '-' counts only where nothing else tells them apart, and a '_' comes first.
struct ByWord {
  bool operator()(const std::string& a, const std::string& b) const {
    const std::string one = Word(a);
    const std::string other = Word(b);
    return one != other ? one < other : a.find('-', kCommon) > b.find('-', kCommon);
  }
  static constexpr size_t kCommon = 5;  // "x-ms-"
  static std::string Word(std::string name) {
    std::erase(name, '-');
    std::ranges::replace(name, '_', '!');
    return name;
  }
};

// Names in lower case, sorted, and values in one line.
std::string HeadersOfService(const HttpRequest& request) {
  std::map<std::string, std::string, ByWord> fields;
  for (const auto& [name, value] : request.headers) {
    std::string lower = LowerOf(name);
    if (!lower.starts_with("x-ms-")) continue;
    const size_t begin = std::min(value.find_first_not_of(" \t"), value.size());
    const size_t end = value.find_last_not_of(" \t") + 1;
    fields[std::move(lower)] = value.substr(begin, end > begin ? end - begin : 0);
  }
  std::string text;
  for (const auto& [name, value] : fields) text += fmt::format("{}:{}\n", name, value);
  return text;
}

// The account, the path as it is sent, and each parameter, decoded, on a line of its own.
std::string ResourceOf(const HttpRequest& request, std::string_view account) {
  const std::string_view target = request.target;
  const size_t question = std::min(target.find('?'), target.size());
  std::map<std::string, std::vector<std::string>> parameters;
  const std::string_view query = target.substr(std::min(question + 1, target.size()));
  for (size_t at = 0; at < query.size();) {
    const std::string_view parameter = query.substr(at, query.find('&', at) - at);
    at += parameter.size() + 1;
    const size_t equals = std::min(parameter.find('='), parameter.size());
    if (parameter.empty()) continue;
    parameters[LowerOf(PercentDecode(parameter.substr(0, equals)))].push_back(
        PercentDecode(parameter.substr(std::min(equals + 1, parameter.size()))));
  }
  std::string text = fmt::format("/{}{}", account, target.substr(0, question));
  for (auto& [name, values] : parameters) {
    std::ranges::sort(values);
    text += fmt::format("\n{}:{}", name, fmt::join(values, ","));
  }
  return text;
}

}  // namespace

std::string HttpDate(TimeMs time) {
  constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(day).c_encoding()],
                     unsigned{date.day()}, kMonths[unsigned{date.month()} - 1], int{date.year()}, clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

Result<SharedKey> SharedKey::Make(std::string account, const Secret& key) {
  auto bytes = FromBase64(key.Reveal());
  if (!bytes || bytes->empty()) {
    return Fail(ErrorCode::kInvalidArgument, "the key of the storage account is no Base64", std::move(account),
                "copy it as the portal shows it");
  }
  const Secret raw(*std::move(bytes));
  return SharedKey(std::move(account), HmacSha256(raw.Reveal()));
}

std::string SharedKey::StringToSign(const HttpRequest& request) const {
  const auto header = [&](std::string_view name) { return request.headers.Find(name).value_or(""); };
  // Since version 2015-02-21 nothing has no length; since 2009-09-19 x-ms-date stands for the date.
  const std::string length = request.body.empty() ? std::string() : fmt::format("{}", request.body.size());
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n\n{}\n{}\n{}\n{}\n{}\n{}{}", MethodName(request.method),
                     header("Content-Encoding"), header("Content-Language"), length, header("Content-MD5"),
                     header("Content-Type"), header("If-Modified-Since"), header("If-Match"), header("If-None-Match"),
                     header("If-Unmodified-Since"), header("Range"), HeadersOfService(request),
                     ResourceOf(request, account_));
}

void SharedKey::Sign(HttpRequest& request, TimeMs now) {
  request.headers.Set("x-ms-date", HttpDate(now));
  const HmacSha256::Digest signature = hmac_.Of(StringToSign(request));
  request.headers.Set("Authorization", fmt::format("SharedKey {}:{}", account_, ToBase64(BytesOf(signature))));
}

}  // namespace lakeferry::azure
