#include "daemon/config/config_sources.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace lakeferry {
namespace {

std::unexpected<Error> Unreadable(const std::error_code& error, const std::string& path) {
  const bool absent = error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
  return Fail(absent ? ErrorCode::kNotFound : ErrorCode::kInvalidArgument, error.message(), path);
}

Result<std::string> ReadFile(const std::string& path) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return Unreadable(std::error_code(errno, std::generic_category()), path);
  std::ostringstream text;
  if (stream.peek() != std::ifstream::traits_type::eof()) text << stream.rdbuf();
  if (!stream.bad() && !text.fail()) return text.str();
  return Unreadable(std::error_code(errno, std::generic_category()), path);
}

Result<std::vector<std::string>> ListFolder(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  std::filesystem::directory_iterator entry(folder.empty() ? "." : folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) return Unreadable(error, folder);
  return names;
}

std::optional<std::string> ReadVariable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

ConfigSources NoSources() {
  return {.read = [](const std::string& path) -> Result<std::string> {
            return Fail(ErrorCode::kNotFound, "no file is read here", path);
          },
          .list = [](const std::string& folder) -> Result<std::vector<std::string>> {
            return Fail(ErrorCode::kNotFound, "no folder is read here", folder);
          },
          .variable = [](const std::string&) { return std::optional<std::string>(); }};
}

ConfigSources SourcesOfMachine() { return {.read = ReadFile, .list = ListFolder, .variable = ReadVariable}; }

}  // namespace lakeferry
