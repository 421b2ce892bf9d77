#include "daemon/wiring/missing_folders.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/location.h"

namespace lakeferry {
namespace {

void LookAt(const std::string& uri, std::map<std::string, std::string>& missing) {
  const Result<Location> location = Location::Parse(uri);
  if (!location || location->scheme() != Scheme::kFile) return;
  std::error_code error;
  std::filesystem::path folder = location->path();
  if (std::filesystem::exists(folder, error) || error) return;
  while (!std::filesystem::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
  const bool could = ::access(folder.c_str(), W_OK | X_OK) == 0;
  missing[uri] =
      could ? std::string()
            : fmt::format("{}: {}", folder.string(), std::error_code(errno, std::generic_category()).message());
}

}  // namespace

std::map<std::string, std::string> MissingFolders(const std::vector<plan::GroupSpec>& groups) {
  std::map<std::string, std::string> missing;
  for (const plan::GroupSpec& group : groups) {
    LookAt(group.staging_uri, missing);
    for (const plan::TableSpec& table : group.tables) LookAt(table.target_uri, missing);
  }
  return missing;
}

}  // namespace lakeferry
