#include "delta/import_roots.h"

#include <fmt/format.h>

#include <utility>

#include "delta/log_path.h"

namespace lakeferry::delta {
namespace {

// More than any store takes; bounds the walk through the folders of a hostile path.
constexpr size_t kPathBytesMax = 8192;

// True iff a folder of the path is a table's log.
bool LiesInLog(const ObjectPath& path) {
  for (ObjectPath folder = path; !folder.empty(); folder = folder.parent()) {
    if (folder.name() == kLogFolder) return true;
  }
  return false;
}

}  // namespace

bool IsSameObject(const ImportedObject& a, const ImportedObject& b) { return *a.root == *b.root && a.path == b.path; }

ImportRoots::ImportRoots(const std::vector<std::string>& roots, std::shared_ptr<const ImportRoots> more)
    : more_(std::move(more)) {
  for (const std::string& root : roots) {
    Result<Place> place = PlaceOfRoot(root);
    if (place) roots_[place->store].try_emplace(place->path, std::make_shared<const std::string>(root));
  }
}

Result<ImportedObject> ImportRoots::Find(std::string_view path) const {
  if (path.size() > kPathBytesMax) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("file path in the log is longer than {} bytes", kPathBytesMax),
                std::string(path.substr(0, 80)), "the commit that names it is damaged or hostile: repair the source");
  }
  LF_TRY(const Place place, PlaceOf(path));
  for (const ImportRoots* roots = this; roots != nullptr; roots = roots->more_.get()) {
    LF_TRY(std::optional<ImportedObject> found, roots->FindAt(place, path));
    if (!found) continue;
    if (!LiesInLog(found->path)) return *std::move(found);
    return Fail(ErrorCode::kRefused, fmt::format("the log names an object of another log as a data file: {}", path), {},
                "no writer does that: find out who wrote this commit");
  }
  return Fail(ErrorCode::kUnsupportedTable,
              fmt::format("the log names a file outside the table by an absolute path, below no import root: {}",
                          path.substr(0, 400)),
              {},
              "add the folder it belongs to to import_roots of the table or its group, if it is to be read; otherwise "
              "make a deep clone of the table");
}

Result<std::optional<ImportedObject>> ImportRoots::FindAt(const Place& place, std::string_view path) const {
  const auto store = roots_.find(place.store);
  if (store == roots_.end()) return std::nullopt;
  // Every folder above the object, from the deepest to the root of the store.
  std::string_view folder = place.path;
  while (!folder.empty()) {
    const size_t slash = folder.rfind('/');
    folder = folder.substr(0, slash == std::string_view::npos ? 0 : slash);
    const auto root = store->second.find(folder);
    if (root == store->second.end()) continue;
    LF_TRY(std::optional<ObjectPath> object,
           ObjectBelow(Place{.store = place.store, .path = std::string(folder)}, place, path));
    if (object) return ImportedObject{.root = root->second, .path = *std::move(object)};
  }
  return std::nullopt;
}

}  // namespace lakeferry::delta
