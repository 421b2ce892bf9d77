// Google Cloud: "IAM permissions for Cloud Storage", "Create and manage custom roles".
#include <string>
#include <vector>

#include "daemon/permissions/policies.h"
#include "daemon/permissions/policy_name.h"

namespace lakeferry {
namespace {

enum class Level { kRead, kAdd, kWrite };

std::string_view NameOf(Level level) {
  switch (level) {
    case Level::kRead: return "read";
    case Level::kAdd: return "add";
    case Level::kWrite: return "write";
  }
  return {};
}

Level LevelOf(const Grant& grant) {
  if (grant.write) return Level::kWrite;
  return grant.adds ? Level::kAdd : Level::kRead;
}

std::string Yaml(const GrantSet& set, Level level) {
  std::string text = "title: " + PolicyName(set, NameOf(level)) + "\n";
  text += "description: What lakeferry needs as " + std::string(RoleName(set.role)) + "\nstage: GA\n";
  text += "includedPermissions:\n  - storage.objects.get\n  - storage.objects.list\n";
  // A hint that is written over is deleted, as the service sees it.
  if (level != Level::kRead) text += "  - storage.objects.create\n";
  if (level == Level::kWrite) text += "  - storage.objects.delete\n";
  return text;
}

// For whom the role is to be assigned, and where.
std::string Bindings(const GrantSet& set, Level level) {
  std::string text = "Create it: gcloud iam roles create ID --project PROJECT --file FILE. Then assign it on";
  bool first = true;
  for (const Grant& grant : set.grants) {
    if (LevelOf(grant) != level) continue;
    text += (first ? " gs://" : ", gs://") + grant.place.bucket();
    first = false;
    if (grant.prefix.empty()) continue;
    const std::string objects = "projects/_/buckets/" + grant.place.bucket() + "/objects/";
    text += " with the condition ";
    if (level == Level::kAdd) text += "(";
    text += "resource.name.startsWith('" + objects + grant.prefix + "')";
    if (level == Level::kAdd) text += " && !resource.name.startsWith('" + objects + grant.log_prefix() + "'))";
    text += " || api.getAttribute('storage.googleapis.com/objectListPrefix', '').startsWith('" + grant.prefix + "')";
  }
  return text + ".";
}

}  // namespace

std::vector<Policy> GcsRoles(const GrantSet& set) {
  std::vector<Policy> roles;
  for (const Level level : {Level::kRead, Level::kAdd, Level::kWrite}) {
    bool any = false;
    for (const Grant& grant : set.grants) any |= LevelOf(grant) == level;
    if (!any) continue;
    roles.push_back({.name = PolicyName(set, NameOf(level)), .text = Yaml(set, level), .note = Bindings(set, level)});
  }
  return roles;
}

}  // namespace lakeferry
