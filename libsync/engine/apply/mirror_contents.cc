#include "engine/apply/mirror_contents.h"

#include <fmt/format.h>

#include <utility>

#include "delta/deletion_vector.h"
#include "delta/file_path.h"
#include "plan/rules/record_rules.h"

namespace lakeferry::engine {
namespace {

std::unexpected<Error> NotBrought(std::string_view what, const ObjectPath& object) {
  return Fail(ErrorCode::kCorruptData,
              fmt::format("a commit adds {} that the epoch neither brings nor says to be there: {}", what,
                          EncodeSegment(object.text().substr(0, 200))));
}

}  // namespace

Status MirrorRecords::OnFile(plan::StagedFile&& file) {
  static_cast<void>(objects_.BringUnasked(file.path));
  return {};
}

Status MirrorRecords::OnPresent(plan::PresentFile&& file) {
  static_cast<void>(objects_.BringUnasked(file.path));
  return {};
}

Status MirrorRecords::OnCommit(plan::StagedCommit&& commit) {
  commits.push_back(commit.version);
  log_objects.push_back(std::move(commit.file));
  return {};
}

Status MirrorRecords::OnLogFile(plan::StagedFile&& file) {
  log_objects.push_back(std::move(file));
  return {};
}

Status MirrorRecords::CheckBrought(const delta::AddFile& add) const {
  LF_TRY(const ObjectPath object, delta::ResolveInTable(add.path, std::string_view()));
  if (!objects_.Has(object)) return NotBrought("a file", object);
  if (!add.deletion_vector) return {};
  LF_TRY(const std::optional<ObjectPath> vector, delta::ObjectOf(*add.deletion_vector));
  return !vector || objects_.Has(*vector) ? Status{} : NotBrought("a deletion vector", *vector);
}

Status MirrorPaths::OnAdd(delta::AddFile&& add) { return plan::CheckMirrorFile(add.path, add.deletion_vector); }
Status MirrorPaths::OnRemove(delta::RemoveFile&& remove) { return plan::CheckMirrorRemove(remove); }
Status MirrorPaths::OnCdc(delta::AddCdcFile&& cdc) { return plan::CheckMirrorFile(cdc.path, std::nullopt); }

Status CheckMirrorPaths(const delta::Commit& commit) {
  for (const delta::RemoveFile& remove : commit.removes) LF_TRY_OK(plan::CheckMirrorRemove(remove));
  for (const delta::AddFile& add : commit.adds) LF_TRY_OK(plan::CheckMirrorFile(add.path, add.deletion_vector));
  for (const delta::AddCdcFile& cdc : commit.cdc) LF_TRY_OK(plan::CheckMirrorFile(cdc.path, std::nullopt));
  return {};
}

Status BroughtLiveSet::OnLive(delta::AddFile&& add) {
  LF_TRY_OK(records_.CheckBrought(add));
  return set_.Add(add);
}

std::unexpected<Error> OfStagedLog(Error error) {
  const bool of_content = error.code == ErrorCode::kCorruptLog || error.code == ErrorCode::kInvalidArgument ||
                          error.code == ErrorCode::kUnsupportedTable;
  if (of_content) error.code = ErrorCode::kCorruptData;
  return std::unexpected(std::move(error));
}

}  // namespace lakeferry::engine
