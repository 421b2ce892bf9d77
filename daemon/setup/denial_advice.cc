#include "daemon/setup/denial_advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "daemon/setup/service_needs.h"
#include "daemon/setup/unit_words.h"

namespace lakeferry::setup {
namespace {

constexpr mode_t kNobody = 0000;

std::string_view Verb(Right right) {
  switch (right) {
    case Right::kEnter: return "enter";
    case Right::kRead: return "read";
    case Right::kWrite: return "write";
  }
  return {};
}

// The group's bit of the right.
bool GroupHas(const MissingRight& missing) {
  switch (missing.right) {
    case Right::kEnter: return (missing.mode & 0010U) != 0;
    case Right::kRead: return (missing.mode & 0040U) != 0;
    case Right::kWrite: return (missing.mode & 0020U) != 0;
  }
  return false;
}

// The folder of the drop-in that the path lies in or leads to; else the path's own.
std::string FolderToOpen(const std::string& path, const std::vector<std::string>& writes) {
  const auto found = std::ranges::find_if(writes, [&](const std::string& folder) {
    return (path + "/").starts_with(folder + "/") || folder.starts_with(path + "/");
  });
  return found != writes.end() ? *found : std::filesystem::path(path).parent_path().string();
}

std::string ReadOnlyWords(const DenialCase& of, const ProcessIdentity& process,
                          const std::vector<std::string>& writes) {
  if (process.unit.empty()) {
    return fmt::format("{} may not write there: mount the file system read-write", process.user);
  }
  const std::string folder = FolderToOpen(of.path, writes);
  return fmt::format(
      "{} may not write there as the service {}. See that {} is there, add the line `{}` below [Service] with "
      "`systemctl "
      "edit {}`, or have `lakeferry init` write it, and restart the service; where the file system itself is mounted "
      "read-only, mount it read-write",
      process.user, process.unit, folder, WriteLine(folder).value_or("ReadWritePaths="), process.unit);
}

std::string HowToGive(const MissingRight& missing, const ProcessIdentity& process) {
  if (missing.mode == kNobody && !process.unit.empty()) {
    return fmt::format("the service {} does not see it (ProtectHome=): keep it in a folder such as /srv", process.unit);
  }
  if (GroupHas(missing)) {
    return process.unit.empty()
               ? fmt::format("make it a member of the group {}, or its owner", missing.group)
               : fmt::format(
                     "add the line `SupplementaryGroups={}` below [Service] with `systemctl edit {}` and restart it",
                     missing.group, process.unit);
  }
  return fmt::format("make it the owner (`chown {}`), or give that right to a group of its", process.name);
}

}  // namespace

std::string DenialWords(const DenialCase& of, const ProcessIdentity& process, const std::vector<std::string>& writes) {
  if (of.denial == Denial::kReadOnly || (of.missing && of.missing->read_only)) {
    return ReadOnlyWords(of, process, writes);
  }
  if (!of.missing) {
    return fmt::format(
        "{} may not do this: look at attributes (lsattr), access lists (getfacl) and rules of that file "
        "system, such as those of the server it lies on",
        process.user);
  }
  const MissingRight& missing = *of.missing;
  return fmt::format("{} may not {} {}, which belongs to {}:{} with mode {:04o}: {}", process.user, Verb(missing.right),
                     missing.path, missing.owner, missing.group, missing.mode, HowToGive(missing, process));
}

void AdviseByHand() {
  SetDenialAdvice([process = IdentityOf(std::nullopt)](Denial denial, const std::string& path) {
    return DenialWords({.denial = denial, .path = path, .missing = MissingRightOn(path)}, process, {});
  });
}

void AdviseAsService(const Config& config, Role role) {
  SetDenialAdvice(
      [process = IdentityOf(role), writes = NeedsOf(config, role).writes](Denial denial, const std::string& path) {
        return DenialWords({.denial = denial, .path = path, .missing = MissingRightOn(path)}, process, writes);
      });
}

}  // namespace lakeferry::setup
