#include "plan/change/file_set.h"

#include <fmt/format.h>

#include <utility>

#include "base/check.h"
#include "delta/deletion_vector.h"
#include "delta/file_path.h"
#include "delta/log_path.h"

namespace lakeferry::plan {
namespace {

constexpr std::string_view kMirrorRemedy =
    "a mirror keeps every byte and so would read the source's region; use mode: clone";

constexpr uint32_t kAtHome = 1;

}  // namespace

Status FileSet::CheckNotOfLog(const ObjectPath& object, std::string_view named) const {
  if (!object.IsBelow(ObjectPath::Of(delta::kLogFolder))) return {};
  return Fail(ErrorCode::kRefused, fmt::format("the log names an object of its own as a {}: {}", named, object.text()),
              table_uri_, "no writer does that: find out who wrote this commit");
}

Result<ObjectPath> FileSet::Resolve(const std::string& path) const {
  if (!allow_absolute_ && delta::IsAbsolutePath(path)) {
    return Fail(ErrorCode::kUnsupportedTable, fmt::format("the log refers to a file by an absolute path: {}", path),
                table_uri_, std::string(kMirrorRemedy));
  }
  LF_TRY(ObjectPath object, delta::ResolveInTable(path, table_uri_));
  LF_TRY_OK(CheckNotOfLog(object, "data file"));
  return object;
}

Result<std::string> FileSet::Relative(const std::string& path) const {
  // Engines disagree on whether two texts of one path are one file; in what a clone writes they are one text.
  if (!delta::IsAbsolutePath(path)) return delta::NormalisePath(path);
  LF_TRY(const ObjectPath object, Resolve(path));
  return delta::EncodeForLog(object);
}

Result<FileToSend> FileSet::FileOf(const std::string& path, int64_t size, bool required) const {
  LF_TRY(ObjectPath object, Resolve(path));
  return FileToSend{.path = std::move(object), .size = size, .required = required};
}

Result<std::optional<FileToSend>> FileSet::VectorOf(const std::optional<delta::DeletionVector>& dv,
                                                    bool required) const {
  if (!dv) return std::nullopt;
  if (!allow_absolute_ && dv->storage_type == "p") {
    return Fail(ErrorCode::kUnsupportedTable,
                fmt::format("the log refers to a deletion vector by an absolute path: {}",
                            std::string_view(dv->path_or_inline_dv).substr(0, 400)),
                table_uri_, std::string(kMirrorRemedy));
  }
  LF_TRY(std::optional<ObjectPath> object, delta::ObjectOf(*dv));
  if (!object) return std::nullopt;
  LF_TRY_OK(CheckNotOfLog(*object, "deletion vector"));
  return FileToSend{.path = *std::move(object), .size = std::nullopt, .required = required};
}

Status FileSet::Add(const std::string& path, int64_t size, bool required) {
  LF_TRY(FileToSend file, FileOf(path, size, required));
  return Insert(std::move(file));
}

Status FileSet::AddVector(const std::optional<delta::DeletionVector>& dv, bool required) {
  LF_TRY(std::optional<FileToSend> file, VectorOf(dv, required));
  return file ? Insert(*std::move(file)) : Status{};
}

Status FileSet::Insert(FileToSend file) {
  LF_CHECK(take_ != nullptr, "objects go into a set that hands them on");
  const delta::FileHash hash = delta::HashObject(file.path.text(), seed_);
  const uint32_t origin = OriginOf(file);
  Name& name = names_.SlotOf(hash);
  if (name.empty()) {
    name = {.high = hash.high, .low = hash.low, .origin = origin};
    return take_(std::move(file));
  }
  if (name.origin == origin) return {};
  const std::string& root = file.origin ? *file.origin->root : table_uri_;
  const ObjectPath& path = file.origin ? file.origin->path : file.path;
  return Fail(ErrorCode::kUnsupportedTable,
              fmt::format("two files would have one name, {}, in the replica: one is {}/{}", file.path.text(), root,
                          path.text()),
              table_uri_, "rewrite one of them, with OPTIMIZE or with REORG TABLE … APPLY (PURGE)");
}

uint32_t FileSet::OriginOf(const FileToSend& file) const {
  if (!file.origin) return kAtHome;
  const uint64_t hash = delta::HashText(*file.origin->root + "/" + file.origin->path.text(), seed_);
  return static_cast<uint32_t>(hash) | 2;
}

}  // namespace lakeferry::plan
