#include "engine/file_set.h"

#include <fmt/format.h>

#include <utility>

#include "delta/deletion_vector.h"
#include "delta/file_path.h"
#include "delta/log_path.h"

namespace lakeferry::engine {
namespace {

constexpr std::string_view kMirrorRemedy =
    "a mirror keeps every byte and so would read the source's region; use mode: clone";

bool IsSameOrigin(const FileToSend& a, const FileToSend& b) {
  if (!a.origin || !b.origin) return a.origin == b.origin;
  return delta::IsSameObject(*a.origin, *b.origin);
}

std::string OriginOf(const FileToSend& file, const std::string& table_uri) {
  if (file.origin) return *file.origin->root + "/" + file.origin->path.text();
  return table_uri + "/" + file.path.text();
}

}  // namespace

Result<ObjectPath> FileSet::Resolve(const std::string& path) const {
  if (!allow_absolute_ && delta::IsAbsolutePath(path)) {
    return Fail(ErrorCode::kUnsupportedTable, fmt::format("the log refers to a file by an absolute path: {}", path),
                table_uri_, std::string(kMirrorRemedy));
  }
  LF_TRY(ObjectPath object, delta::ResolveInTable(path, table_uri_));
  if (object.IsBelow(ObjectPath::Of(delta::kLogFolder))) {
    return Fail(ErrorCode::kRefused, fmt::format("the log names an object of its own as a data file: {}", path),
                table_uri_, "no writer does that: find out who wrote this commit");
  }
  return object;
}

Result<std::string> FileSet::Relative(const std::string& path) const {
  // Engines disagree on whether two texts of one path are one file; in what a clone writes they are one text.
  if (!delta::IsAbsolutePath(path)) return delta::NormalisePath(path);
  LF_TRY(const ObjectPath object, Resolve(path));
  return delta::EncodeForLog(object);
}

Status FileSet::Add(const std::string& path, int64_t size, bool required) {
  LF_TRY(ObjectPath object, Resolve(path));
  return Insert(FileToSend{.path = std::move(object), .size = size, .required = required});
}

Status FileSet::AddVector(const std::optional<delta::DeletionVector>& dv, bool required) {
  if (!dv) return {};
  if (!allow_absolute_ && dv->storage_type == "p") {
    return Fail(ErrorCode::kUnsupportedTable,
                fmt::format("the log refers to a deletion vector by an absolute path: {}",
                            std::string_view(dv->path_or_inline_dv).substr(0, 400)),
                table_uri_, std::string(kMirrorRemedy));
  }
  LF_TRY(std::optional<ObjectPath> object, delta::ObjectOf(*dv));
  if (!object) return {};
  return Insert(FileToSend{.path = *std::move(object), .size = std::nullopt, .required = required});
}

Status FileSet::Insert(FileToSend file) {
  const auto found = files_.find(file.path);
  if (found == files_.end()) {
    ObjectPath name = file.path;
    files_.emplace(std::move(name), std::move(file));
    return {};
  }
  FileToSend& first = found->second;
  if (!IsSameOrigin(first, file)) {
    return Fail(ErrorCode::kUnsupportedTable,
                fmt::format("two files would have one name, {}, in the replica: {} and {}", file.path.text(),
                            OriginOf(first, table_uri_), OriginOf(file, table_uri_)),
                table_uri_, "rewrite one of them, with OPTIMIZE or with REORG TABLE … APPLY (PURGE)");
  }
  // The log may use a name for two files, one after the other: the later one is what the source has.
  if (file.required || !first.required) first.size = file.size;
  first.required = first.required || file.required;
  return {};
}

std::vector<FileToSend> FileSet::Take() && {
  std::vector<FileToSend> files;
  files.reserve(files_.size());
  for (auto& [path, file] : files_) files.push_back(std::move(file));
  return files;
}

}  // namespace lakeferry::engine
