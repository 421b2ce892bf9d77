// KeySpace: objects below a store's root as keys of a bucket, and back. Pure.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/location.h"
#include "base/object_path.h"
#include "base/result.h"
#include "env/object_info.h"

namespace lakeferry {

class KeySpace {
 public:
  // `uri` is what errors and logs call the store; `prefix` is without '/' at its ends, empty for the whole bucket.
  KeySpace(std::string uri, std::string_view prefix);

  [[nodiscard]] const std::string& uri() const { return uri_; }
  [[nodiscard]] std::string KeyOf(const ObjectPath& path) const { return prefix_ + path.text(); }
  // What the keys of a folder's objects begin with.
  [[nodiscard]] std::string FolderKeyOf(const ObjectPath& folder) const;
  // Absent for what is no name below the root: markers of folders, and names that no engine could have written.
  [[nodiscard]] std::optional<ObjectPath> PathOf(std::string_view key) const;
  // The object, or the store, in errors.
  [[nodiscard]] std::string Where(const ObjectPath& path) const;
  // kInvalidArgument for the root, and for a key of more than 1,024 bytes, which no service takes.
  [[nodiscard]] Status CheckName(const ObjectPath& path, std::string_view service) const;

  // A page of what a service has listed for `request`: objects have a `key`, of which `info_of` makes the rest;
  // prefixes end with '/'. What is no name below the root is passed over.
  template <typename Object, typename InfoOf>
  [[nodiscard]] ListPage PageOf(const ListRequest& request, std::vector<Object> objects,
                                const std::vector<std::string>& prefixes, InfoOf info_of) const {
    ListPage page;
    for (Object& object : objects) {
      auto path = PathOf(object.key);
      if (!path || *path == request.folder || (!request.recursive && path->name() <= request.start_after)) continue;
      page.listing.objects.push_back(info_of(*std::move(path), std::move(object)));
    }
    for (const std::string& prefix : prefixes) {
      auto path = PathOf(std::string_view(prefix).substr(0, prefix.size() - 1));
      if (path && path->name() > request.start_after) page.listing.folders.push_back(*std::move(path));
    }
    // With the '/' that follows a folder's name it may stand elsewhere; and not every service sorts.
    std::ranges::sort(page.listing.objects, {}, &ObjectInfo::path);
    std::ranges::sort(page.listing.folders);
    return page;
  }

 private:
  std::string uri_;
  std::string prefix_;  // ends with '/', where it is not empty
};

// A root in a bucket, and all that it lies in. `bucket`: what no two buckets share; `path`: without '/' at its ends.
[[nodiscard]] StorePlace PlaceIn(const std::string& bucket, std::string path);

// Where roots in buckets are, as StoreFactory::Locate has it: each URI tells.
[[nodiscard]] std::vector<Result<StorePlace>> PlacesOf(const std::vector<Location>& locations);

}  // namespace lakeferry
