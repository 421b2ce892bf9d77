// Google Cloud: "IAM permissions for Cloud Storage", "Create and manage custom roles".
#include <string>
#include <vector>

#include "daemon/permissions/policies.h"
#include "daemon/permissions/policy_name.h"

namespace lakeferry {
namespace {

std::string Yaml(const GrantSet& set, bool write) {
  std::string text = "title: " + PolicyName(set, write ? "write" : "read") + "\n";
  text += "description: What lakeferry needs as " + std::string(RoleName(set.role)) + "\nstage: GA\n";
  text += "includedPermissions:\n  - storage.objects.get\n  - storage.objects.list\n";
  // A hint that is written over is deleted, as the service sees it.
  if (write) text += "  - storage.objects.create\n  - storage.objects.delete\n";
  return text;
}

// For whom the role is to be assigned, and where.
std::string Bindings(const GrantSet& set, bool write) {
  std::string text = "Create it: gcloud iam roles create ID --project PROJECT --file FILE. Then assign it on";
  bool first = true;
  for (const Grant& grant : set.grants) {
    if (grant.write != write) continue;
    text += (first ? " gs://" : ", gs://") + grant.place.bucket();
    first = false;
    if (grant.prefix.empty()) continue;
    text += " with the condition resource.name.startsWith('projects/_/buckets/" + grant.place.bucket() + "/objects/" +
            grant.prefix + "') || api.getAttribute('storage.googleapis.com/objectListPrefix', '').startsWith('" +
            grant.prefix + "')";
  }
  return text + ".";
}

}  // namespace

std::vector<Policy> GcsRoles(const GrantSet& set) {
  std::vector<Policy> roles;
  for (const bool write : {false, true}) {
    bool any = false;
    for (const Grant& grant : set.grants) any |= grant.write == write;
    if (!any) continue;
    roles.push_back(
        {.name = PolicyName(set, write ? "write" : "read"), .text = Yaml(set, write), .note = Bindings(set, write)});
  }
  return roles;
}

}  // namespace lakeferry
