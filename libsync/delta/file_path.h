// Paths of add, remove and cdc actions: RFC 2396 references, percent-encoded once (protocol: "Add File and Remove
// File"). The key of a logical file keeps the encoding; the name of the object in the store is decoded.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/object_path.h"
#include "base/result.h"
#include "delta/action.h"

namespace lakeferry::delta {

// True iff the path has a scheme or begins with '/'.
[[nodiscard]] bool IsAbsolutePath(std::string_view path);

// The path as two engines would agree it is the same one: "//" and "." collapsed, ".." resolved, hex digits of escapes
// upper-cased, scheme and host lower-cased, a leading '/' read as file:///; escapes stay undecoded. kInvalidArgument
// where ".." leaves the root, for a control character, and for a relative path that would become an absolute one.
[[nodiscard]] Result<std::string> NormalisePath(std::string_view path);

// The same without a copy where there is nothing to change: `path` itself, or `made`, which takes the changed text.
[[nodiscard]] Result<std::string_view> NormalPath(std::string_view path, std::string& made);

// The key of the logical file that an add or remove names: normalised path and the deletion vector's unique id.
[[nodiscard]] Result<std::string> FileKey(std::string_view path, const std::optional<DeletionVector>& dv);

// Where an absolute path or a root leads, in one spelling for each store.
struct Place {
  std::string store;  // StoreName (base/location.h)
  std::string path;   // decoded, without '/' at its ends
  bool operator==(const Place&) const = default;
};

// `path` as the log has it, percent-encoded. kInvalidArgument for a folder, a control character, ".." that leaves the
// store's root, a broken escape, text that is not UTF-8. What escapes hide is not looked at: ObjectPath refuses it.
[[nodiscard]] Result<Place> PlaceOf(std::string_view path);

// `root` as the configuration has it (base/location.h). One of a scheme that is no store's, or of none, is read like a
// path of a log, but may hold characters as they are. kInvalidArgument for what is no location, and for "..".
[[nodiscard]] Result<Place> PlaceOfRoot(std::string_view root);

// The object below `root` at a place that lies below it; absent for any other place. kInvalidArgument for the root
// itself, and for a path that cannot name an object; `path` is for the error.
[[nodiscard]] Result<std::optional<ObjectPath>> ObjectBelow(const Place& root, const Place& place,
                                                            std::string_view path);

// The object below the table's root that the action names: relative as is, absolute if it lies below `table_uri`.
// Decodes exactly once ('+' stays '+'). kUnsupportedTable for an absolute path elsewhere; kInvalidArgument for a path
// that leaves the root, a control character, a broken escape, text that is not UTF-8.
[[nodiscard]] Result<ObjectPath> ResolveInTable(std::string_view path, std::string_view table_uri);

// The inverse for names this program makes: percent-encodes a decoded object path as Delta writers do.
[[nodiscard]] std::string EncodeForLog(const ObjectPath& path);

}  // namespace lakeferry::delta
