#include "daemon/setup/process_identity.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

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
  const bool tells_nothing = text.str().ends_with(":/\n");
  return tells_nothing && std::getenv("INVOCATION_ID") != nullptr ? UnitName(RoleName(role)) : std::string();
}

}  // namespace

std::optional<std::string> ServiceOfCgroup(std::string_view text) {
  constexpr std::string_view kUnified = "0::";
  constexpr std::string_view kService = ".service";
  const size_t begin = text.starts_with(kUnified) ? 0 : text.find("\n0::") + 1;
  std::string_view path = text.substr(begin);
  if (!path.starts_with(kUnified)) return std::nullopt;
  path = path.substr(0, path.find('\n'));
  std::string_view last = path.substr(path.rfind('/') + 1);
  if (!last.ends_with(kService)) return std::nullopt;
  last.remove_suffix(kService.size());
  return std::string(last);
}

ProcessIdentity IdentityOf(std::optional<Role> role) {
  const uid_t uid = ::geteuid();
  const std::string name = UserName(uid);
  return {.user = name.empty() ? fmt::format("uid {}", uid) : fmt::format("{} (uid {})", name, uid),
          .name = name.empty() ? fmt::format("{}", uid) : name,
          .unit = role ? UnitOf(*role) : std::string()};
}

}  // namespace lakeferry::setup
