// Google Cloud: "IAM permissions for Cloud Storage", "Create and manage custom roles".
#include <string>
#include <vector>

#include "daemon/permissions/policies.h"
#include "daemon/permissions/policy_name.h"

namespace lakeferry {
namespace {

enum class Grade { kRead, kAdd, kWrite };

std::string_view NameOf(Grade level) {
  switch (level) {
    case Grade::kRead: return "read";
    case Grade::kAdd: return "add";
    case Grade::kWrite: return "write";
  }
  return {};
}

Grade GradeOf(const Grant& grant) {
  if (grant.write) return Grade::kWrite;
  return grant.adds ? Grade::kAdd : Grade::kRead;
}

std::string Yaml(const GrantSet& set, Grade level) {
  std::string text = "title: " + PolicyName(set, NameOf(level)) + "\n";
  text += "description: What lakeferry needs as " + std::string(RoleName(set.role)) + "\nstage: GA\n";
  text += "includedPermissions:\n  - storage.objects.get\n  - storage.objects.list\n";
  // A hint that is written over is deleted, as the service sees it.
  if (level != Grade::kRead) text += "  - storage.objects.create\n";
  if (level == Grade::kWrite) text += "  - storage.objects.delete\n";
  return text;
}

// For whom the role is to be assigned, and where.
std::string Bindings(const GrantSet& set, Grade level) {
  std::string text = "Create it: gcloud iam roles create ID --project PROJECT --file FILE. Then assign it on";
  bool first = true;
  for (const Grant& grant : set.grants) {
    if (GradeOf(grant) != level) continue;
    text += (first ? " gs://" : ", gs://") + grant.place.bucket();
    first = false;
    if (grant.prefix.empty()) continue;
    const std::string objects = "projects/_/buckets/" + grant.place.bucket() + "/objects/";
    text += " with the condition ";
    if (level == Grade::kAdd) text += "(";
    text += "resource.name.startsWith('" + objects + grant.prefix + "')";
    if (level == Grade::kAdd) text += " && !resource.name.startsWith('" + objects + grant.log_prefix() + "'))";
    text += " || api.getAttribute('storage.googleapis.com/objectListPrefix', '').startsWith('" + grant.prefix + "')";
  }
  return text + ".";
}

}  // namespace

std::vector<Policy> GcsRoles(const GrantSet& set) {
  std::vector<Policy> roles;
  for (const Grade level : {Grade::kRead, Grade::kAdd, Grade::kWrite}) {
    bool any = false;
    for (const Grant& grant : set.grants) any |= GradeOf(grant) == level;
    if (!any) continue;
    roles.push_back({.name = PolicyName(set, NameOf(level)), .text = Yaml(set, level), .note = Bindings(set, level)});
  }
  return roles;
}

}  // namespace lakeferry
