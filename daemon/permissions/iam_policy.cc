// AWS: "Actions, resources, and condition keys for Amazon S3".
#include <map>
#include <string>
#include <vector>

#include "base/access_point.h"
#include "daemon/permissions/policies.h"
#include "daemon/permissions/policy_name.h"
#include "json/indent.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

struct Statement {
  std::string id;
  std::vector<std::string> actions;
  std::vector<std::string> resources;
  std::vector<std::string> prefixes = {};  // of what is listed; empty: no condition
};

std::string ArnOf(const Grant& grant) {
  return ArnLength(grant.place.bucket()) > 0 ? grant.place.bucket() : "arn:aws:s3:::" + grant.place.bucket();
}

// Through an access point objects have names of their own.
std::string ObjectsArnOf(const Grant& grant) {
  return ArnOf(grant) + (ArnLength(grant.place.bucket()) > 0 ? "/object/" : "/") + grant.prefix + "*";
}

std::vector<std::string> ObjectsOf(const GrantSet& set, bool (*wanted)(const Grant&)) {
  std::vector<std::string> objects;
  for (const Grant& grant : set.grants) {
    if (wanted(grant)) objects.push_back(ObjectsArnOf(grant));
  }
  return objects;
}

// The right to list is that of a bucket, and its condition is about one.
void AddListing(const GrantSet& set, std::vector<Statement>& statements) {
  std::map<std::string, std::vector<std::string>> by_bucket;
  for (const Grant& grant : set.grants) by_bucket[ArnOf(grant)].push_back(grant.prefix);
  int number = 0;
  for (auto& [bucket, prefixes] : by_bucket) {
    Statement list{.id = "List" + std::to_string(++number), .actions = {"s3:ListBucket"}, .resources = {bucket}};
    bool all = false;
    for (const std::string& prefix : prefixes) {
      all |= prefix.empty();
      list.prefixes.push_back(prefix + "*");
    }
    if (all) list.prefixes.clear();
    statements.push_back(std::move(list));
  }
}

std::vector<Statement> StatementsOf(const GrantSet& set) {
  std::vector<Statement> statements;
  statements.push_back(
      {.id = "Read", .actions = {"s3:GetObject"}, .resources = ObjectsOf(set, [](const Grant&) { return true; })});
  statements.push_back({.id = "Write",
                        .actions = {"s3:PutObject", "s3:AbortMultipartUpload"},
                        .resources = ObjectsOf(set, [](const Grant& grant) { return grant.write; })});
  statements.push_back({.id = "Delete",
                        .actions = {"s3:DeleteObject"},
                        .resources = ObjectsOf(set, [](const Grant& grant) { return grant.remove; })});
  std::erase_if(statements, [](const Statement& one) { return one.resources.empty(); });
  AddListing(set, statements);
  return statements;
}

void Write(json::Writer& json, const Statement& statement) {
  json.Field("Sid", statement.id);
  json.Field("Effect", "Allow");
  json.Field("Action", statement.actions);
  json.Field("Resource", statement.resources);
  if (statement.prefixes.empty()) return;
  json.Object("Condition", [&] { json.Object("StringLike", [&] { json.Field("s3:prefix", statement.prefixes); }); });
}

}  // namespace

std::vector<Policy> IamPolicies(const GrantSet& set) {
  json::Writer json(json::Texts::kAsTheyAre);
  json.Field("Version", "2012-10-17");
  json.Objects("Statement", StatementsOf(set), [&](const Statement& statement) { Write(json, statement); });
  return {
      {.name = PolicyName(set),
       .text = json::Indented(json.Finish()) + "\n",
       .note =
           "In China and GovCloud write arn:aws-cn and arn:aws-us-gov. Objects that a key of KMS encrypts need "
           "kms:Decrypt for it to be read, and kms:GenerateDataKey as well to be written. With object_lock "
           "writers need s3:PutObjectRetention. With s3:GetLifecycleConfiguration on the bucket `check` warns of rules "
           "that take objects away."}};
}

}  // namespace lakeferry
