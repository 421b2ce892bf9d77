#include "plan/retention/reclaim.h"

#include <functional>
#include <utility>

#include "delta/deletion_vector.h"
#include "delta/file_path.h"

namespace lakeferry::plan {
namespace {

constexpr std::string_view kChangeFolder = "_change_data";

uint64_t HashOf(const ObjectPath& object) { return std::hash<std::string>()(object.text()); }

}  // namespace

std::optional<Version> OldestReadable(std::vector<delta::CommitTime> commits, TimeMs from) {
  const auto found = delta::NewestAtOrBefore(std::move(commits), from);
  return found ? std::optional(found->version) : std::nullopt;
}

Status NeededObjects::Need(std::string_view path, const std::optional<delta::DeletionVector>& vector) {
  LF_TRY(const ObjectPath object, delta::ResolveInTable(path, table_uri_));
  needed_.insert(HashOf(object));
  if (!vector) return {};
  LF_TRY(const std::optional<ObjectPath> file, delta::ObjectOf(*vector));
  if (file) needed_.insert(HashOf(*file));
  return {};
}

bool NeededObjects::Contains(const ObjectPath& object) const { return needed_.contains(HashOf(object)); }

bool IsDataName(std::string_view name, bool folder) {
  if (!name.starts_with('_') && !name.starts_with('.')) return true;
  if (!folder || name.starts_with('.')) return false;
  return name == kChangeFolder || name.find('=') != std::string_view::npos;
}

ObjectFate FateOf(const ObjectPath& object, TimeMs modified, const NeededObjects& needed, TimeMs now, Millis young) {
  if (needed.Contains(object)) return ObjectFate::kNeeded;
  return now - modified < young ? ObjectFate::kYoung : ObjectFate::kUnneeded;
}

}  // namespace lakeferry::plan
