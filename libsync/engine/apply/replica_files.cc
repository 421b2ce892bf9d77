#include "engine/apply/replica_files.h"

#include <string>
#include <utility>

#include "delta/commit_json.h"

namespace lakeferry::engine {
namespace {

using delta::FileFingerprints;

class NotTaken final : public delta::ActionSink {
 public:
  explicit NotTaken(const FileFingerprints& fingerprints) : fingerprints_(fingerprints) {}
  Status OnAdd(delta::AddFile&& add) override {
    LF_TRY(const bool taken, fingerprints_.IsTaken(add));
    if (!taken) files.push_back(std::move(add));
    return {};
  }
  std::vector<delta::AddFile> files;

 private:
  const FileFingerprints& fingerprints_;
};

}  // namespace

ReplicaFiles::ReplicaFiles(const Environment& env)
    : fingerprints_(env.random.Next()), files_(env), left_over_(files_, env.limits.copy_buffer_bytes) {}

Status ReplicaFiles::OnLive(delta::AddFile&& add) {
  LF_TRY_OK(fingerprints_.Add(add));
  return files_.Append(delta::ToLine(add) + '\n');
}

void ReplicaFiles::Restart() {
  fingerprints_.Clear();
  files_.Clear();
}

Task<Result<std::vector<delta::AddFile>>> ReplicaFiles::NextLeftOver() {
  NotTaken found(fingerprints_);
  while (found.files.empty()) {
    LF_CO_TRY(const std::string lines, co_await left_over_.Next());
    if (lines.empty()) break;
    LF_CO_TRY_OK(delta::ReadActions(lines, "a temporary file", found));
  }
  co_return std::move(found.files);
}

}  // namespace lakeferry::engine
