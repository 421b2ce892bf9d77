#include "storage/cloud/key_space.h"

#include <fmt/format.h>

namespace lakeferry {
namespace {

constexpr size_t kKeyBytesMax = 1024;

}  // namespace

KeySpace::KeySpace(std::string uri, std::string_view prefix)
    : uri_(std::move(uri)), prefix_(prefix.empty() ? std::string() : fmt::format("{}/", prefix)) {}

std::string KeySpace::FolderKeyOf(const ObjectPath& folder) const {
  return folder.empty() ? prefix_ : KeyOf(folder) + "/";
}

std::optional<ObjectPath> KeySpace::PathOf(std::string_view key) const {
  if (!key.starts_with(prefix_)) return std::nullopt;
  auto path = ObjectPath::Make(key.substr(prefix_.size()));
  if (!path || path->empty()) return std::nullopt;
  return *std::move(path);
}

std::string KeySpace::Where(const ObjectPath& path) const {
  return path.empty() ? uri_ : fmt::format("{}{}{}", uri_, uri_.ends_with('/') ? "" : "/", path.text());
}

Status KeySpace::CheckName(const ObjectPath& path, std::string_view service) const {
  if (path.empty()) return Fail(ErrorCode::kInvalidArgument, "the root is no object", uri_);
  if (prefix_.size() + path.text().size() <= kKeyBytesMax) return {};
  return Fail(ErrorCode::kInvalidArgument, fmt::format("{} takes names of at most {} bytes", service, kKeyBytesMax),
              Where(path), "choose a shorter location for the store");
}

// The root, then each folder that it lies in, the bucket last.
StorePlace PlaceIn(const std::string& bucket, std::string path) {
  StorePlace place;
  while (!path.empty()) {
    place.root_first.push_back(fmt::format("{}/{}", bucket, path));
    path.resize(path.contains('/') ? path.rfind('/') : 0);
  }
  place.root_first.push_back(bucket);
  return place;
}

std::vector<Result<StorePlace>> PlacesOf(const std::vector<Location>& locations) {
  std::vector<Result<StorePlace>> places;
  places.reserve(locations.size());
  for (const Location& location : locations) places.emplace_back(PlaceIn(location.store(), location.path()));
  return places;
}

}  // namespace lakeferry
