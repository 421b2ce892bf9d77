#include "daemon/wiring/missing_folders.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/location.h"

namespace lakeferry {

std::optional<std::string> WhyNoFolder(const std::string& uri) {
  const Result<Location> location = Location::Parse(uri);
  if (!location || location->scheme() != Scheme::kFile) return std::nullopt;
  std::error_code error;
  std::filesystem::path folder = location->path();
  if (std::filesystem::exists(folder, error) || error) return std::nullopt;
  while (!std::filesystem::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
  if (::access(folder.c_str(), W_OK | X_OK) == 0) return std::string();
  return fmt::format("{}: {}", folder.string(), std::error_code(errno, std::generic_category()).message());
}

std::map<std::string, std::string> MissingFolders(const std::vector<plan::GroupSpec>& groups) {
  std::map<std::string, std::string> missing;
  const auto look_at = [&missing](const std::string& uri) {
    if (std::optional<std::string> why_not = WhyNoFolder(uri)) missing[uri] = *std::move(why_not);
  };
  for (const plan::GroupSpec& group : groups) {
    look_at(group.staging_uri);
    for (const plan::TableSpec& table : group.tables) look_at(table.target_uri);
  }
  return missing;
}

}  // namespace lakeferry
