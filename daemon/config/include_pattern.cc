#include "daemon/config/include_pattern.h"

#include <fnmatch.h>

#include <algorithm>
#include <filesystem>

namespace lakeferry {
namespace {

using Paths = std::vector<std::string>;

std::string Below(const std::string& folder, const std::string& name) {
  return (std::filesystem::path(folder) / name).lexically_normal().string();
}

bool IsConfigName(std::string_view name) {
  return !name.starts_with('.') && (name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json"));
}

// What `pattern` names in the folders. Those that a pattern found need be no folders.
Result<Paths> MatchIn(const Paths& folders, const std::string& pattern, bool found_by_pattern,
                      const ConfigSources& sources) {
  Paths paths;
  for (const std::string& folder : folders) {
    Result<Paths> names = sources.list(folder);
    if (!names && found_by_pattern && names.error().code == ErrorCode::kNotFound) continue;
    if (!names) return std::unexpected(names.error());
    for (const std::string& name : *names) {
      if (::fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD) == 0) paths.push_back(Below(folder, name));
    }
  }
  return paths;
}

Result<Paths> Match(const std::string& base, const std::string& entry, const ConfigSources& sources) {
  const std::filesystem::path pattern(entry);
  Paths paths{pattern.is_absolute() ? "/" : base};
  bool found_by_pattern = false;
  for (const std::filesystem::path& part : pattern.relative_path()) {
    if (IsPattern(part.string())) {
      LF_TRY(paths, MatchIn(paths, part.string(), found_by_pattern, sources));
      found_by_pattern = true;
    } else {
      for (std::string& path : paths) path = Below(path, part.string());
    }
  }
  return paths;
}

}  // namespace

bool IsPattern(std::string_view entry) { return entry.find_first_of("*?[") != std::string_view::npos; }

Result<Paths> FindIncluded(const std::string& base, const std::string& entry, const ConfigSources& sources) {
  Paths paths;
  if (IsPattern(entry)) {
    LF_TRY(paths, Match(base, entry, sources));
  } else {
    const std::string path = Below(base, entry);
    const Result<Paths> names = sources.list(path);
    if (!names && (names.error().code != ErrorCode::kNotFound || entry.ends_with('/'))) {
      return std::unexpected(names.error());
    }
    if (!names) return Paths{path};
    for (const std::string& name : *names) {
      if (IsConfigName(name)) paths.push_back(Below(path, name));
    }
  }
  std::ranges::sort(paths);
  return paths;
}

}  // namespace lakeferry
