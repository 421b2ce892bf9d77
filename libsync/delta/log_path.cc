#include "delta/log_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/check.h"

namespace lakeferry::delta {
namespace {

constexpr size_t kVersionDigits = 20;
constexpr size_t kPartDigits = 10;
constexpr size_t kUuidLength = 36;
// Spark writes one for every million files.
constexpr int32_t kPartsMax = 100'000;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUuidChar(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '-'; }

bool AllDigits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, IsDigit); }

// Exactly `width` digits that fit the type, and so does the number after them.
template <typename Number>
std::optional<Number> ReadNumber(std::string_view text, size_t width) {
  if (text.size() != width || !AllDigits(text)) return std::nullopt;
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  // The greatest number has no successor to count on with.
  if (number == std::numeric_limits<Number>::max()) return std::nullopt;
  return number;
}

// What follows "N.checkpoint.", for example "parquet" or "<uuid>.json".
ParsedLogName ParseCheckpoint(Version version, std::string_view rest) {
  if (rest == "parquet") return {.kind = LogFileKind::kCheckpoint, .version = version};
  const size_t dot = rest.find('.');
  if (dot == std::string_view::npos) return {};
  const std::string_view first = rest.substr(0, dot);
  const std::string_view tail = rest.substr(dot + 1);
  if (first.size() == kUuidLength && std::ranges::all_of(first, IsUuidChar) && (tail == "parquet" || tail == "json")) {
    return {.kind = LogFileKind::kCheckpointV2, .version = version, .json = tail == "json"};
  }
  if (tail.size() < kPartDigits || tail.substr(kPartDigits) != ".parquet") return {};
  const auto part = ReadNumber<int32_t>(first, kPartDigits);
  const auto parts = ReadNumber<int32_t>(tail.substr(0, kPartDigits), kPartDigits);
  if (!part || !parts || *part < 1 || *part > *parts || *parts > kPartsMax) return {};
  return {.kind = LogFileKind::kCheckpointPart, .version = version, .part = *part, .parts = *parts};
}

// "N.M.compacted.json", of which `rest` follows the first dot.
bool IsCompacted(std::string_view rest) {
  return rest.size() > kVersionDigits && AllDigits(rest.substr(0, kVersionDigits)) &&
         rest.substr(kVersionDigits) == ".compacted.json";
}

}  // namespace

ParsedLogName ParseLogName(std::string_view name) {
  if (name == kLastCheckpointName) return {.kind = LogFileKind::kLastCheckpoint};
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos) return {};
  const std::string_view first = name.substr(0, dot);
  const std::string_view rest = name.substr(dot + 1);
  const auto number = ReadNumber<int64_t>(first, kVersionDigits);
  if (!number) {
    const bool suspicious = rest == "json" && AllDigits(first);
    return {.kind = suspicious ? LogFileKind::kSuspicious : LogFileKind::kIgnored};
  }
  const Version version(*number);
  if (rest == "json") return {.kind = LogFileKind::kCommit, .version = version};
  if (rest == "crc") return {.kind = LogFileKind::kChecksum, .version = version};
  if (IsCompacted(rest)) return {.kind = LogFileKind::kCompacted, .version = version};
  constexpr std::string_view kCheckpointWord = "checkpoint.";
  if (rest.starts_with(kCheckpointWord)) return ParseCheckpoint(version, rest.substr(kCheckpointWord.size()));
  return {};
}

std::string CommitName(Version version) {
  LF_CHECK(version >= Version(0), "a commit's version is not negative");
  return fmt::format("{:020}.json", version.value());
}

std::string NameBefore(Version version) {
  LF_CHECK(version >= Version(0), "a commit's version is not negative");
  // Names of the version go on with '.', which makes each of them greater than the digits alone.
  return fmt::format("{:020}", version.value());
}

}  // namespace lakeferry::delta
