#include "engine/file_set.h"

#include <fmt/format.h>

#include <utility>

#include "delta/deletion_vector.h"
#include "delta/file_path.h"
#include "delta/log_path.h"

namespace lakeferry::engine {

Result<ObjectPath> FileSet::Resolve(const std::string& path) const {
  if (!allow_absolute_ && delta::IsAbsolutePath(path)) {
    return Fail(ErrorCode::kUnsupportedTable, fmt::format("the log refers to a file by an absolute path: {}", path),
                table_uri_, "a mirror keeps every byte and so would read the source's region; use mode: clone");
  }
  LF_TRY(ObjectPath object, delta::ResolveInTable(path, table_uri_));
  if (object.empty() || object.IsBelow(ObjectPath::Of(delta::kLogFolder))) {
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
  Insert(std::move(object), size, required);
  return {};
}

Status FileSet::AddVector(const std::optional<delta::DeletionVector>& dv, bool required) {
  if (!dv) return {};
  LF_TRY(std::optional<ObjectPath> object, delta::ObjectOf(*dv));
  if (object) Insert(*std::move(object), std::nullopt, required);
  return {};
}

void FileSet::Insert(ObjectPath path, std::optional<int64_t> size, bool required) {
  const auto [it, is_new] = files_.try_emplace(path, FileToSend{.path = path, .size = size, .required = required});
  if (!is_new) it->second.required = it->second.required || required;
}

std::vector<FileToSend> FileSet::Take() && {
  std::vector<FileToSend> files;
  files.reserve(files_.size());
  for (auto& [path, file] : files_) files.push_back(std::move(file));
  return files;
}

}  // namespace lakeferry::engine
