#include "engine/staging/other_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/nearest_key.h"
#include "base/trial_name.h"
#include "env/store_calls.h"

namespace lakeferry::engine {
namespace {

constexpr std::string_view kPutAside = ".reset-";
constexpr size_t kNamedMax = 5;

// The inverse of EncodeSegment.
std::string Decode(std::string_view segment) {
  std::string text;
  for (size_t i = 0; i < segment.size(); ++i) {
    unsigned byte = 0;
    const bool coded = segment[i] == '%' && i + 2 < segment.size() &&
                       std::from_chars(&segment[i + 1], &segment[i + 1] + 2, byte, 16).ec == std::errc();
    text += coded ? static_cast<char>(byte) : segment[i];
    if (coded) i += 2;
  }
  return text;
}

std::string Nearest(const std::string& group, const std::vector<std::string>& others) {
  const std::vector<std::string_view> names(others.begin(), others.end());
  return std::string(NearestKey(group, names));
}

}  // namespace

bool IsPutAside(std::string_view name) { return name.find(kPutAside) != std::string_view::npos; }

Task<Result<std::vector<std::string>>> OtherGroups(Call call, const StagingArea& staging) {
  LF_CO_TRY(const Listing root, co_await ListAll(call, staging.store(), ObjectPath()));
  std::vector<std::string> others;
  for (const ObjectPath& folder : root.folders) {
    std::string name = Decode(folder.text());
    if (name != staging.group() && !IsPutAside(name) && !name.starts_with(kTrialPrefix))
      others.push_back(std::move(name));
  }
  std::ranges::sort(others);
  co_return others;
}

std::string NothingStagedFor(const std::string& group, const std::vector<std::string>& others) {
  if (others.empty()) return {};
  std::string names;
  for (size_t i = 0; i < std::min(others.size(), kNamedMax); ++i) {
    names += fmt::format("{}'{}'", i == 0 ? "" : ", ", others[i]);
  }
  if (others.size() > kNamedMax) names += fmt::format(" and {} more", others.size() - kNamedMax);
  const std::string nearest = Nearest(group, others);
  const std::string meant = nearest.empty() ? std::string() : fmt::format("; is '{}' meant?", nearest);
  return fmt::format("nothing is staged for group '{}', and staging has folders of {}{}", group, names, meant);
}

}  // namespace lakeferry::engine
