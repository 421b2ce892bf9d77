#include "daemon/config/config_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "daemon/config/config_merge.h"
#include "daemon/config/config_variables.h"
#include "daemon/config/include_pattern.h"

namespace lakeferry {
namespace {

constexpr size_t kIncludeDepthMax = 4;
constexpr size_t kConfigFilesMax = 1'000;

class FileReader {
 public:
  FileReader(const ConfigSources& sources, ConfigProblems& problems)
      : sources_(sources), problems_(problems), variables_(sources.variable) {}

  void ReadFirst(std::string_view text, const std::string& name) {
    seen_.emplace(std::filesystem::path(name).lexically_normal().string(), ConfigPlace{.file = name, .path = {}});
    Read(text, name, kTopLevel);
  }

  ConfigFiles Finish() {
    variables_.CheckSecrets(problems_);
    return std::move(read_);
  }

 private:
  void Read(std::string_view text, const std::string& name, const ConfigLevel& level) {
    problems_.NameFile(name);
    ConfigFile& file = read_.files.emplace_back();
    file.name = name;
    const size_t problems_before = problems_.size();
    file.root = ParseConfigText(text, name, problems_);
    if (file.root.kind == ConfigNode::Kind::kNull) {
      if (problems_.size() != problems_before) read_.incomplete = true;
      return;
    }
    ResolveMerges(file.root, name, problems_);
    variables_.Expand(file.root, name, problems_);
    file.map = ConfigMap::Open(file.root, {.file = name, .path = {}}, level, problems_);
    if (!file.map) {
      read_.incomplete = true;
      return;
    }
    under_way_.push_back(std::filesystem::path(name).lexically_normal().string());
    for (const ConfigText& entry : file.map->Texts("include")) Include(name, entry);
    under_way_.pop_back();
  }

  void Include(const std::string& includer, const ConfigText& entry) {
    if (under_way_.size() > kIncludeDepthMax) {
      read_.incomplete = true;
      problems_.Add(entry.place, fmt::format("files include each other more than {} deep", kIncludeDepthMax),
                    "include them from the file that is read first");
      return;
    }
    const std::string base = std::filesystem::path(includer).parent_path().string();
    const auto paths = FindIncluded(base, entry.text, sources_);
    if (!paths) {
      ReportUnread(entry, paths.error());
      return;
    }
    if (paths->empty()) {
      read_.notes.push_back({.severity = plan::Severity::kInfo,
                             .what = fmt::format("include: {} names no file", entry.text),
                             .where = SpotOf(includer, entry.place),
                             .remedy = "put files there, or remove the entry"});
    }
    for (const std::string& path : *paths) ReadIncluded(path, entry);
  }

  void ReadIncluded(const std::string& path, const ConfigText& entry) {
    if (std::ranges::find(under_way_, path) != under_way_.end()) {
      problems_.Add(entry.place, fmt::format("{} includes itself in the end", path), "remove the entry");
      return;
    }
    const auto [first, fresh] = seen_.emplace(path, entry.place);
    if (!fresh) {
      problems_.Add(entry.place, fmt::format("{} is included a second time", path),
                    fmt::format("the first time is in {}; keep one of them", SeenFrom(entry.place, first->second)));
      return;
    }
    if (seen_.size() > kConfigFilesMax) {
      read_.incomplete = true;
      if (seen_.size() == kConfigFilesMax + 1) {
        problems_.Add(entry.place, fmt::format("the configuration has more than {} files", kConfigFilesMax),
                      "check what include names");
      }
      return;
    }
    const auto text = sources_.read(path);
    if (text) {
      Read(*text, path, kIncludedLevel);
    } else {
      ReportUnread(entry, text.error());
    }
  }

  void ReportUnread(const ConfigText& entry, const Error& error) {
    read_.incomplete = true;
    const bool absent = error.code == ErrorCode::kNotFound;
    problems_.Add(entry.place,
                  absent ? fmt::format("{} is not there", error.where.text())
                         : fmt::format("{} cannot be read: {}", error.where.text(), error.message),
                  absent ? "write its path from the folder of this file on, or remove the entry"
                         : "let the user that runs lakeferry read it");
  }

  const ConfigSources& sources_;
  ConfigProblems& problems_;
  ConfigVariables variables_;
  ConfigFiles read_;
  std::map<std::string, ConfigPlace> seen_;  // every file, with where it was included
  std::vector<std::string> under_way_;       // each includes the next
};

}  // namespace

ConfigFiles ReadConfigFiles(std::string_view text, const std::string& name, const ConfigSources& sources,
                            ConfigProblems& problems) {
  FileReader reader(sources, problems);
  reader.ReadFirst(text, name);
  return reader.Finish();
}

}  // namespace lakeferry
