// Azure: "Azure permissions for Storage", "Azure custom roles".
#include <algorithm>
#include <string>
#include <vector>

#include "daemon/permissions/policies.h"
#include "daemon/permissions/policy_name.h"
#include "json/indent.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

constexpr char kBlobs[] = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/";

struct Level {
  bool write;
  bool remove;
  bool adds;
  std::string_view what;  // in the role's name
};
constexpr Level kLevels[] = {{.write = false, .remove = false, .adds = false, .what = "read"},
                             {.write = false, .remove = false, .adds = true, .what = "add"},
                             {.write = true, .remove = false, .adds = false, .what = "write"},
                             {.write = true, .remove = true, .adds = false, .what = "write-delete"}};

bool IsOf(const Level& level, const Grant& grant) {
  const bool adds = grant.adds && !grant.write;
  return grant.write == level.write && grant.remove == level.remove && adds == level.adds;
}

// To list is to read.
std::vector<std::string> ActionsOf(const Level& level) {
  std::vector<std::string> verbs = {"read"};
  // A blob of blocks is written by whoever may write over one, too: Azure has no right to add alone.
  if (level.write || level.adds) verbs.insert(verbs.end(), {"write", "add/action"});
  if (level.remove) verbs.emplace_back("delete");
  for (std::string& verb : verbs) verb.insert(0, kBlobs);
  return verbs;
}

std::string AccountOf(const Grant& grant) {
  const std::string& host = grant.place.host();
  return host.empty() ? "ACCOUNT" : host.substr(0, host.find('.'));
}

std::vector<std::string> ScopesOf(const GrantSet& set, const Level& level) {
  std::vector<std::string> scopes;
  for (const Grant& grant : set.grants) {
    if (!IsOf(level, grant)) continue;
    std::string scope =
        "/subscriptions/SUBSCRIPTION/resourceGroups/RESOURCE_GROUP/providers/Microsoft.Storage/"
        "storageAccounts/" +
        AccountOf(grant) + "/blobServices/default/containers/" + grant.place.bucket();
    if (std::ranges::find(scopes, scope) == scopes.end()) scopes.push_back(std::move(scope));
  }
  return scopes;
}

// No log is written: a condition of the role's assignment (Azure: "Actions and attributes for Azure role assignment
// conditions").
std::string LogsCondition(const GrantSet& set, const Level& level) {
  if (!level.adds) return {};
  std::string paths;
  for (const Grant& grant : set.grants) {
    if (!IsOf(level, grant)) continue;
    paths += " AND NOT @Resource[" + std::string(kBlobs).substr(0, sizeof(kBlobs) - 2) + ":path] StringLike '" +
             grant.log_prefix() + "*'";
  }
  const std::string blobs(kBlobs);
  return " Assign it with the condition: (!(ActionMatches{'" + blobs + "write'}) AND !(ActionMatches{'" + blobs +
         "add/action'})) OR (" + paths.substr(sizeof(" AND ") - 1) + ").";
}

Policy RoleFor(const GrantSet& set, const Level& level, const std::vector<std::string>& scopes) {
  json::Writer json(json::Texts::kAsTheyAre);
  const std::string name = PolicyName(set, level.what);
  json.Field("Name", name);
  json.Field("IsCustom", true);
  json.Field("Description", "What lakeferry needs as " + std::string(RoleName(set.role)));
  json.Field("Actions", std::vector<std::string>());
  json.Field("DataActions", ActionsOf(level));
  json.Field("AssignableScopes", scopes);
  return {.name = name,
          .text = json::Indented(json.Finish()) + "\n",
          .note =
              "Write your own for SUBSCRIPTION and RESOURCE_GROUP; then az role definition create, and az role "
              "assignment create for each scope. A role goes for a container whole: give staging one of its own." +
              LogsCondition(set, level)};
}

}  // namespace

std::vector<Policy> AzureRoles(const GrantSet& set) {
  std::vector<Policy> roles;
  for (const Level& level : kLevels) {
    const std::vector<std::string> scopes = ScopesOf(set, level);
    if (!scopes.empty()) roles.push_back(RoleFor(set, level, scopes));
  }
  return roles;
}

}  // namespace lakeferry
