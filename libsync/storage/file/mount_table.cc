#include "storage/file/mount_table.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace lakeferry {
namespace {

constexpr size_t kMountPointField = 4;

bool IsOctal(char c) { return c >= '0' && c <= '7'; }

// Blanks and backslashes are written as \ooo.
std::string Unescape(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 3 < text.size() && std::ranges::all_of(text.substr(i + 1, 3), IsOctal);
    if (!escape) {
      plain += text[i];
      continue;
    }
    plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
    i += 3;
  }
  return plain;
}

std::string_view FieldOf(std::string_view line, size_t number) {
  for (; number > 0; --number) {
    const size_t blank = line.find(' ');
    if (blank == std::string_view::npos) return {};
    line.remove_prefix(blank + 1);
  }
  return line.substr(0, line.find(' '));
}

bool IsBelow(std::string_view path, std::string_view point) {
  if (point == "/") return path.starts_with('/');
  return path.starts_with(point) && (path.size() == point.size() || path[point.size()] == '/');
}

}  // namespace

std::vector<std::string> MountPoints(std::string_view mountinfo) {
  std::vector<std::string> points;
  while (!mountinfo.empty()) {
    const std::string_view line = mountinfo.substr(0, mountinfo.find('\n'));
    mountinfo.remove_prefix(std::min(mountinfo.size(), line.size() + 1));
    std::string point = Unescape(FieldOf(line, kMountPointField));
    if (!point.empty()) points.push_back(std::move(point));
  }
  return points;
}

std::string MountPointOf(const std::vector<std::string>& points, std::string_view path) {
  std::string_view longest;
  for (const std::string& point : points) {
    if (point.size() > longest.size() && IsBelow(path, point)) longest = point;
  }
  return std::string(longest);
}

std::vector<std::string> OwnMountPoints() {
  std::ifstream file("/proc/self/mountinfo");
  return MountPoints(std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace lakeferry
