// AWS: "Actions, resources, and condition keys for Amazon S3".
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/access_point.h"
#include "daemon/permissions/policies.h"
#include "daemon/permissions/policy_name.h"
#include "json/indent.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

// A condition of a statement: what is asked of a key.
struct Condition {
  std::string kind;
  std::string key;
  std::vector<std::string> values;
};

struct Statement {
  std::string id;
  std::vector<std::string> actions;
  std::vector<std::string> resources;
  std::optional<Condition> condition = {};
  std::string effect = "Allow";
};

std::string ArnOf(const Grant& grant) {
  return ArnLength(grant.place.bucket()) > 0 ? grant.place.bucket() : "arn:aws:s3:::" + grant.place.bucket();
}

// Through an access point objects have names of their own.
std::string ArnOf(const Grant& grant, const std::string& prefix) {
  return ArnOf(grant) + (ArnLength(grant.place.bucket()) > 0 ? "/object/" : "/") + prefix + "*";
}

std::vector<std::string> ObjectsOf(const GrantSet& set, bool (*wanted)(const Grant&)) {
  std::vector<std::string> objects;
  for (const Grant& grant : set.grants) {
    if (wanted(grant)) objects.push_back(ArnOf(grant, grant.prefix));
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
    Condition listed{.kind = "StringLike", .key = "s3:prefix", .values = {}};
    bool all = false;
    for (const std::string& prefix : prefixes) {
      all |= prefix.empty();
      listed.values.push_back(prefix + "*");
    }
    if (!all) list.condition = std::move(listed);
    statements.push_back(std::move(list));
  }
}

// Whoever adds objects replaces none: what is put says that nothing may have its name. The requests of an upload in
// parts but the last cannot say so (AWS: "Enforce conditional writes on Amazon S3 buckets").
void AddAdding(const GrantSet& set, std::vector<Statement>& statements) {
  const std::vector<std::string> objects = ObjectsOf(set, [](const Grant& grant) { return grant.adds; });
  if (objects.empty()) return;
  statements.push_back({.id = "Add",
                        .actions = {"s3:PutObject"},
                        .resources = objects,
                        .condition = Condition{.kind = "Null", .key = "s3:if-none-match", .values = {"false"}}});
  statements.push_back(
      {.id = "AddInParts",
       .actions = {"s3:PutObject"},
       .resources = objects,
       .condition = Condition{.kind = "Bool", .key = "s3:ObjectCreationOperation", .values = {"false"}}});
  statements.push_back({.id = "GiveUpParts",
                        .actions = {"s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"},
                        .resources = objects});
  Statement logs{.id = "NoLogs", .actions = {"s3:PutObject"}, .resources = {}, .effect = "Deny"};
  for (const Grant& grant : set.grants) {
    if (grant.adds && !grant.write) logs.resources.push_back(ArnOf(grant, grant.log_prefix()));
  }
  if (!logs.resources.empty()) statements.push_back(std::move(logs));
}

// Of uploads that broke off. No condition can say of which prefix: S3 knows none for it.
void AddFindingUploads(const GrantSet& set, std::vector<Statement>& statements) {
  std::set<std::string> buckets;
  for (const Grant& grant : set.grants) {
    if (grant.write || grant.adds) buckets.insert(ArnOf(grant));
  }
  if (buckets.empty()) return;
  statements.push_back({.id = "FindUploads",
                        .actions = {"s3:ListBucketMultipartUploads"},
                        .resources = {buckets.begin(), buckets.end()}});
}

std::vector<Statement> StatementsOf(const GrantSet& set) {
  std::vector<Statement> statements;
  statements.push_back(
      {.id = "Read", .actions = {"s3:GetObject"}, .resources = ObjectsOf(set, [](const Grant&) { return true; })});
  statements.push_back({.id = "Write",
                        .actions = {"s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"},
                        .resources = ObjectsOf(set, [](const Grant& grant) { return grant.write; })});
  statements.push_back({.id = "Delete",
                        .actions = {"s3:DeleteObject"},
                        .resources = ObjectsOf(set, [](const Grant& grant) { return grant.remove; })});
  std::erase_if(statements, [](const Statement& one) { return one.resources.empty(); });
  AddAdding(set, statements);
  AddListing(set, statements);
  AddFindingUploads(set, statements);
  return statements;
}

void Write(json::Writer& json, const Statement& statement) {
  json.Field("Sid", statement.id);
  json.Field("Effect", statement.effect);
  json.Field("Action", statement.actions);
  json.Field("Resource", statement.resources);
  if (!statement.condition) return;
  const auto& [kind, key, values] = *statement.condition;
  json.Object("Condition", [&] { json.Object(kind, [&] { json.Field(key, values); }); });
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
           "that take objects away. Without "
           "s3:ListBucketMultipartUploads and s3:ListMultipartUploadParts a large object whose copy broke off is sent "
           "from its beginning."}};
}

}  // namespace lakeferry
