// How much of one line of a log, of one path and of one name is carried. What one writer makes the next one reads and
// adds to: each bound leaves room for that, so that what is published can be taken all the way to the replica's
// readers.
#pragma once

#include <cstddef>

#include "base/object_path.h"

namespace lakeferry::delta {

// The most that any of our readers takes of one line: of a source, of a part of a manifest, of a replica. What nobody
// reads may be of any length. Reading takes up to ten times its size.
inline constexpr size_t kLineBytesMax = size_t{16} << 20;

// How long the path of an object may be in a log, where bytes are escaped.
inline constexpr size_t kEscapedPathBytesMax = 3 * kObjectPathBytesMax;
// What stands before a name in a clone that holds another file of that name: "reused/", two hashes of 16 digits, a size
// and their separators.
inline constexpr size_t kReusedPrefixBytesMax = 7 + 17 + 17 + 19 + 1;
// A data file's name in a clone, so that it fits behind such a prefix.
inline constexpr size_t kClonePathBytesMax = kObjectPathBytesMax - kReusedPrefixBytesMax;
// metaData.id: it stands in manifests and in commitInfo of clones.
inline constexpr size_t kTableIdBytesMax = 4096;

// What the fields that a writer of ours adds to a line take together at most: numbers, flags, an id or two properties,
// each with its name.
inline constexpr size_t kAddedFieldsBytesMax = 2048;
// By how much one writer may lengthen a line: a path gets another name, and fields are added.
inline constexpr size_t kLineGrowthMax = size_t{64} << 10;

// A line of a clone's commit. Its reader, a replay of the replica, makes a remove of an add: deletionTimestamp,
// extendedFileMetadata and dataChange are added, and the reader of that is one as any other.
inline constexpr size_t kCommitLineBytesMax = kLineBytesMax - kLineGrowthMax;
// A line of a part. The receiver makes a line of a commit of it: the file may get another name, a remove gets
// deletionTimestamp, extendedFileMetadata and size, metaData another id and where in-commit timestamps count from.
// What the sender reads of a source is carried up to here: it is refused by name where it is longer as it would stand
// in a part.
inline constexpr size_t kPartLineBytesMax = kCommitLineBytesMax - kLineGrowthMax;

static_assert(kLineGrowthMax >= kEscapedPathBytesMax + kAddedFieldsBytesMax);
static_assert(kPartLineBytesMax < kCommitLineBytesMax && kCommitLineBytesMax < kLineBytesMax);

}  // namespace lakeferry::delta
