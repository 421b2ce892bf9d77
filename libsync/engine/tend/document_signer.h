// DocumentSigner: signs what this side has put into staging before it had its key, so that a group whose history is
// older than its signatures, or than its present key, goes on. It signs only what the metadata store knows as this
// side's own: what stands in staging may be anybody's.
#pragma once

#include <string>
#include <vector>

#include "engine/environment.h"
#include "engine/staging/staging_area.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// `lakeferry key sign`.
struct SignReport {
  std::string group;
  Role role = Role::kSender;
  int64_t signed_now = 0;
  int64_t signed_before = 0;         // with this very key
  std::vector<std::string> strange;  // objects that are not what this side put, left as they are
};

// `env` and `spec` must outlive its tasks. The caller holds the role's lock.
class DocumentSigner {
 public:
  DocumentSigner(const Environment& env, const plan::GroupSpec& spec) : env_(env), spec_(spec) {}

  // The manifests of the sender, the receipts of the receiver. kInvalidArgument where the group has no signing_key, or
  // it cannot be read.
  Task<Result<SignReport>> Run(Call call, Role role) const;

 private:
  Task<Status> SignOne(Call call, ObjectStore& store, EpochRecord record, SigningKey key, SignReport& report) const;

  const Environment& env_;
  const plan::GroupSpec& spec_;
};

}  // namespace lakeferry::engine
