#include "daemon/setup/settled_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "storage/file/errno_error.h"
#include "storage/file/unique_fd.h"

namespace lakeferry::setup {
namespace {

// What is there now; absent where nothing is.
Result<std::optional<std::string>> TextOf(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    if (error) return FailErrno(error.value(), "cannot read the file", path);
    return std::optional<std::string>();
  }
  std::ostringstream text;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return FailErrno(errno, "cannot read the file", path);
  if (stream.peek() != std::ifstream::traits_type::eof()) text << stream.rdbuf();
  return std::optional(text.str());
}

std::vector<std::string> Settings(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && !line.starts_with('#')) lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::string> Without(std::vector<std::string> lines, const std::vector<std::string>& others) {
  std::erase_if(lines, [&](const std::string& line) { return std::ranges::find(others, line) != others.end(); });
  return lines;
}

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return ::fsync(fd) == 0;
}

// Where the file system knows no groups, or the caller is not root, the caller's own is as good.
void TakeGroupOf(int fd, const std::filesystem::path& folder) {
  struct stat stat{};
  if (::geteuid() != 0 || ::stat(folder.c_str(), &stat) != 0) return;
  if (::fchown(fd, static_cast<uid_t>(-1), stat.st_gid) != 0) errno = 0;
}

Status WriteBeside(const std::string& temporary, const SettledFile& file, unsigned mode) {
  const UniqueFd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) return FailErrno(errno, "cannot write the file", file.path);
  TakeGroupOf(fd.get(), std::filesystem::path(file.path).parent_path());
  if (::fchmod(fd.get(), mode) != 0 || !WriteAll(fd.get(), file.text)) {
    return FailErrno(errno, "cannot write the file", file.path);
  }
  return {};
}

Status PutInPlace(const std::string& temporary, const SettledFile& file) {
  const unsigned flags = file.change == SettledFile::Change::kCreated ? RENAME_NOREPLACE : 0U;
  if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, file.path.c_str(), flags) == 0) return {};
  if (errno != EEXIST) return FailErrno(errno, "cannot write the file", file.path);
  return Fail(ErrorCode::kRefused, "the file came into being meanwhile, and is left as it is", file.path,
              "look at it, then run the command again");
}

}  // namespace

std::string_view ChangeName(SettledFile::Change change) {
  switch (change) {
    case SettledFile::Change::kCreated: return "created";
    case SettledFile::Change::kChanged: return "changed";
    case SettledFile::Change::kUnchanged: return "unchanged";
  }
  return {};
}

Result<SettledFile> Compare(std::string path, std::string text, std::string_view mark) {
  LF_TRY(const std::optional<std::string> before, TextOf(path));
  SettledFile file{.path = std::move(path), .text = std::move(text), .removed = {}, .added = {}};
  if (before && !before->starts_with(mark)) {
    return Fail(ErrorCode::kRefused, "this file was not written by `lakeferry init`, and is left as it is", file.path,
                "keep settings of your own in a file of another name beside it, and move this one away");
  }
  const std::vector<std::string> old = before ? Settings(*before) : std::vector<std::string>();
  const std::vector<std::string> now = Settings(file.text);
  file.removed = Without(old, now);
  file.added = Without(now, old);
  if (!before) {
    file.change = SettledFile::Change::kCreated;
  } else if (*before != file.text) {
    file.change = SettledFile::Change::kChanged;
  }
  return file;
}

Status Write(const SettledFile& file, unsigned mode) {
  if (file.change == SettledFile::Change::kUnchanged) return {};
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::path(file.path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) return FailErrno(error.value(), "cannot make the folder", folder.string());
  const std::string temporary = fmt::format("{}.{}.tmp", file.path, ::getpid());
  Status written = WriteBeside(temporary, file, mode);
  if (written) written = PutInPlace(temporary, file);
  if (!written) ::unlink(temporary.c_str());
  return written;
}

}  // namespace lakeferry::setup
