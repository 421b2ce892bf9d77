#include "plan/change/clone_files.h"

#include <utility>

#include "delta/deletion_vector.h"
#include "delta/file_path.h"
#include "delta/import_name.h"
#include "delta/reused_name.h"
#include "delta/size_limits.h"

namespace lakeferry::plan {
namespace {

constexpr std::string_view kAbsoluteVector = "p";

// It has the name that a clone gives to files that it renames: none of this table may have it as its own there. Or its
// name is too long to be given another file's name in front, should the source use it again.
bool NeedsAnotherName(const ObjectPath& object) {
  return delta::IsImportName(object) || delta::NameBeforeReuse(object.text()).has_value() ||
         object.text().size() > delta::kClonePathBytesMax;
}

}  // namespace

CloneFiles::CloneFiles(const TableSpec& spec, uint64_t seed, FileSet::Taker take)
    : files_(spec.source_uri, true, seed, std::move(take)),
      home_(std::make_shared<const std::string>(spec.source_uri)),
      home_place_(delta::PlaceOfRoot(spec.source_uri)),
      roots_(spec.import_roots, spec.group_sources) {}

Status CloneFiles::Send(delta::AddFile& add) {
  LF_TRY(Name name, NameOf(add.path));
  std::string text = name.text;
  LF_TRY_OK(Insert(std::move(name), add.path, add.size));
  add.path = std::move(text);
  return InsertVector(add.deletion_vector);
}

Result<PresentFile> CloneFiles::SendVector(delta::AddFile& add) {
  LF_TRY(Name name, NameOf(add.path));
  LF_TRY_OK(InsertVector(add.deletion_vector));
  add.path = std::move(name.text);
  return PresentFile{.path = std::move(name.object), .size = add.size};
}

Status CloneFiles::Rename(delta::RemoveFile& remove) const {
  LF_TRY(Name name, NameOf(remove.path));
  remove.path = std::move(name.text);
  if (!remove.deletion_vector || remove.deletion_vector->storage_type != kAbsoluteVector) return {};
  LF_TRY_OK(RenameVector(*remove.deletion_vector));
  return {};
}

std::string CloneFiles::NameInClone(const std::string& path) const {
  const Result<std::string> normal = delta::NormalisePath(path);
  Result<Name> name = NameOf(normal.value_or(path));
  return name ? std::move(name->text) : normal.value_or(path);
}

Result<std::optional<ObjectPath>> CloneFiles::AtHome(const std::string& path) const {
  if (delta::IsAbsolutePath(path)) {
    LF_TRY(const delta::Place place, delta::PlaceOf(path));
    LF_TRY_OK(home_place_);
    LF_TRY(const std::optional<ObjectPath> below, delta::ObjectBelow(*home_place_, place, path));
    if (!below) return std::nullopt;
  }
  LF_TRY(ObjectPath object, files_.Resolve(path));
  return object;
}

Result<CloneFiles::Name> CloneFiles::NameOf(const std::string& path) const {
  LF_TRY(std::optional<ObjectPath> home, AtHome(path));
  if (home && !NeedsAnotherName(*home)) {
    LF_TRY(std::string text, files_.Relative(path));
    return Name{.text = std::move(text), .object = *std::move(home), .renamed = false, .at_home = {}};
  }
  // A file of the table that has such a name gets another: none that this table is given can meet it.
  std::string named = path;
  if (home) {
    LF_TRY(named, files_.Relative(path));
  }
  LF_TRY(ObjectPath object, delta::ImportName(named));
  std::string text = delta::EncodeForLog(object);
  return Name{.text = std::move(text), .object = std::move(object), .renamed = true, .at_home = std::move(home)};
}

Result<CloneFiles::Name> CloneFiles::RenameVector(delta::DeletionVector& vector) const {
  LF_TRY(std::optional<ObjectPath> home, AtHome(vector.path_or_inline_dv));
  const std::optional<std::string> uuid = home ? delta::VectorUuid(home->name()) : std::nullopt;
  if (uuid) {
    vector.storage_type = "u";
    vector.path_or_inline_dv = home->parent().text() + delta::EncodeUuid(*uuid);
    return Name{.text = {}, .object = *std::move(home), .renamed = false, .at_home = {}};
  }
  LF_TRY(vector, delta::ImportedVector(std::move(vector)));
  LF_TRY(std::optional<ObjectPath> object, delta::ObjectOf(vector));
  return Name{.text = {}, .object = *std::move(object), .renamed = true, .at_home = std::move(home)};
}

Status CloneFiles::Insert(Name name, const std::string& path, std::optional<int64_t> size) {
  FileToSend file{.path = std::move(name.object), .size = size, .required = true};
  if (name.at_home) {
    file.origin = std::make_shared<delta::ImportedObject>(home_, *std::move(name.at_home));
  } else if (name.renamed) {
    LF_TRY(delta::ImportedObject found, roots_.Find(path));
    file.origin = std::make_shared<delta::ImportedObject>(std::move(found));
  }
  return files_.Insert(std::move(file));
}

Status CloneFiles::InsertVector(std::optional<delta::DeletionVector>& vector) {
  if (!vector || vector->storage_type != kAbsoluteVector) return files_.AddVector(vector, true);
  const std::string path = vector->path_or_inline_dv;
  LF_TRY(Name name, RenameVector(*vector));
  return Insert(std::move(name), path, std::nullopt);
}

}  // namespace lakeferry::plan
