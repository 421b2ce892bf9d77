#include "engine/apply/name_reuse.h"

#include <fmt/format.h>

#include <utility>

#include "delta/commit_collector.h"
#include "delta/file_path.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kCommitBytesMax = size_t{8} << 20;
constexpr size_t kVersionsMax = 1'000;
constexpr std::string_view kRemedy =
    "a mirror keeps every byte, the name too, and its older versions read the file that has it: use mode: clone, which "
    "gives the other a name of its own, or move the target away, and the mirror is made anew; and have the writer "
    "never use a name twice";

class StagedCommits : public plan::PartSink {
 public:
  Status OnCommit(plan::StagedCommit&& commit) override {
    commits.push_back(std::move(commit));
    return {};
  }
  std::vector<plan::StagedCommit> commits;
};

// What one commit does to an object.
class Mentions final : public delta::ActionSink {
 public:
  explicit Mentions(const ObjectPath* path) : path_(path) {}
  Status OnAdd(delta::AddFile&& add) override {
    adds_ = adds_ || Is(add.path);
    return {};
  }
  Status OnRemove(delta::RemoveFile&& remove) override {
    removes_ = removes_ || Is(remove.path);
    return {};
  }
  [[nodiscard]] bool adds() const { return adds_; }
  [[nodiscard]] bool removes() const { return removes_; }

 private:
  [[nodiscard]] bool Is(const std::string& path) const {
    const auto object = delta::ResolveInTable(path, std::string_view());
    return object && *object == *path_;
  }

  const ObjectPath* path_;
  bool adds_ = false;
  bool removes_ = false;
};

struct Versions {
  std::optional<Version> removed;
  std::optional<Version> added;
};

// In the epoch's commits; those that cannot be read are passed over: this is for people.
Task<Result<Versions>> FindStaged(Call call, const StagingArea& staging, Epoch epoch, plan::ManifestTable table,
                                  ObjectPath path) {
  StagedCommits staged;
  for (const plan::ManifestPart& part : table.parts) LF_CO_TRY_OK(co_await staging.ReadPart(call, epoch, part, staged));
  Versions versions;
  for (const plan::StagedCommit& commit : staged.commits) {
    const Result<std::string> text = co_await staging.store().Get(call, commit.file.staged, kCommitBytesMax);
    Mentions mentions(&path);
    if (!text || !delta::ReadActions(*text, commit.file.path.text(), mentions)) continue;
    if (mentions.removes()) versions.removed = commit.version;
    if (mentions.adds() && !mentions.removes()) versions.added = commit.version;
  }
  co_return versions;
}

// In the mirror's own log, newest first.
Task<Result<std::optional<Version>>> FindRemoval(Call call, const TableLog& mirror, ObjectPath path) {
  LF_CO_TRY(const delta::LogListing listing, co_await mirror.ListAll(call));
  const size_t newest = listing.commits.size();
  for (size_t i = newest; i > 0 && newest - i < kVersionsMax; --i) {
    const Version version = listing.commits[i - 1].first;
    Mentions mentions(&path);
    LF_CO_TRY_OK(co_await mirror.Feed(call, version, mentions));
    if (mentions.removes()) co_return version;
  }
  co_return std::nullopt;
}

std::string Text(std::string_view what, std::optional<Version> version) {
  return version ? fmt::format("{} version {}", what, version->value()) : fmt::format("{} an earlier version", what);
}

}  // namespace

Task<Status> RefuseReuse(Call call, const StagingArea& staging, Epoch epoch, plan::ManifestTable table,
                         const TableLog& mirror, ObjectPath path) {
  LF_CO_TRY(Versions versions, co_await FindStaged(call, staging, epoch, table, path));
  if (!versions.removed) {
    LF_CO_TRY(versions.removed, co_await FindRemoval(call, mirror, path));
  }
  co_return Fail(ErrorCode::kUnsupportedTable,
                 fmt::format("table '{}': the source has used the file name {} again: {} took the file away, and {} "
                             "gives its name to another",
                             table.name, path.text(), Text("commit", versions.removed), Text("commit", versions.added)),
                 fmt::format("{}/{}", mirror.store().uri(), path.text()), std::string(kRemedy));
}

}  // namespace lakeferry::engine
