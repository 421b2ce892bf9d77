#include "daemon/setup/process_identity.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "daemon/setup/unit_words.h"

namespace lakeferry::setup {
namespace {

std::string UserName(uid_t uid) {
  std::array<char, 4096> room{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, room.data(), room.size(), &found) != 0 || found == nullptr) return {};
  return found->pw_name;
}

std::string UnitOf(Role role) {
  std::ostringstream text;
  text << std::ifstream("/proc/self/cgroup").rdbuf();
  if (auto unit = ServiceOfCgroup(text.str())) return *std::move(unit);
  const char* invocation = std::getenv("INVOCATION_ID");
  return invocation != nullptr && *invocation != '\0' ? UnitName(RoleName(role)) : std::string();
}

}  // namespace

std::optional<std::string> ServiceOfCgroup(std::string_view text) {
  constexpr std::string_view kUnified = "0::/";
  constexpr std::string_view kService = ".service";
  while (!text.empty() && !text.starts_with(kUnified))
    text = text.substr(std::min(text.find('\n'), text.size() - 1) + 1);
  const std::string_view path = text.substr(0, text.find('\n'));
  if (path.empty() || path == kUnified) return std::nullopt;
  const std::string_view last = path.substr(path.rfind('/') + 1);
  return std::string(last.ends_with(kService) ? last.substr(0, last.size() - kService.size()) : "");
}

std::string UserText(unsigned int uid) {
  const std::string name = UserName(uid);
  return name.empty() ? fmt::format("uid {}", uid) : fmt::format("{} (uid {})", name, uid);
}

ProcessIdentity IdentityOf(std::optional<Role> role) {
  const uid_t uid = ::geteuid();
  const std::string name = UserName(uid);
  return {.user = UserText(uid),
          .name = name.empty() ? fmt::format("{}", uid) : name,
          .unit = role ? UnitOf(*role) : std::string()};
}

}  // namespace lakeferry::setup
