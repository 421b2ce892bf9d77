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
// upper-cased, scheme and host lower-cased; escapes stay undecoded. kInvalidArgument where ".." leaves the root, for a
// control character, and for a relative path that would become an absolute one.
[[nodiscard]] Result<std::string> NormalisePath(std::string_view path);

// The same without a copy where there is nothing to change: `path` itself, or `made`, which takes the changed text.
[[nodiscard]] Result<std::string_view> NormalPath(std::string_view path, std::string& made);

// The key of the logical file that an add or remove names: normalised path and the deletion vector's unique id.
[[nodiscard]] Result<std::string> FileKey(std::string_view path, const std::optional<DeletionVector>& dv);

// The object below the table's root that the action names: relative as is, absolute if it lies below `table_uri`.
// Decodes exactly once ('+' stays '+'). kUnsupportedTable for an absolute path elsewhere; kInvalidArgument for a path
// that leaves the root, a control character, a broken escape, text that is not UTF-8.
[[nodiscard]] Result<ObjectPath> ResolveInTable(std::string_view path, std::string_view table_uri);

// The inverse for names this program makes: percent-encodes a decoded object path as Delta writers do.
[[nodiscard]] std::string EncodeForLog(const ObjectPath& path);

}  // namespace lakeferry::delta
