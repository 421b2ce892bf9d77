#include "plan/document/staging_layout.h"

#include <fmt/format.h>

#include <charconv>

#include "base/digest.h"

namespace lakeferry::plan {

constexpr size_t kDigits = 20;

ObjectPath StagingLayout::Placing(std::string_view target_uri) const {
  return group_ / "placing" / Sha256Hex(target_uri);
}

std::string StagingLayout::Number(Epoch epoch) { return fmt::format("{:020}", epoch.value()); }

std::optional<Epoch> StagingLayout::ParseNumber(std::string_view name) {
  if (name.size() != kDigits) return std::nullopt;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
  if (error != std::errc() || end != name.data() + name.size() || value <= 0) return std::nullopt;
  return Epoch(value);
}

}  // namespace lakeferry::plan
