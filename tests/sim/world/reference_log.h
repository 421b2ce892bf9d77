// ReferenceLog: reads a Delta log as a plain reader would, with nothing of libsync/delta: commits from version 0, or
// from a JSON checkpoint, in order. What engines would not read is an error text.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "tests/support/memory_store.h"

namespace lakeferry::sim {

// One live file: where it lies and everything the log says of it, in one canonical text.
struct LiveFile {
  std::string path;  // of the object, decoded
  int64_t size = 0;
  std::string vector_path;  // of the object that holds its deletion vector; may be empty
  std::string facts;        // path, size, times, partition values, stats, tags, deletion vector; not dataChange
  int64_t modified = 0;
  int64_t row_commit = -1;  // the newest version that a row of it may bear
  bool operator==(const LiveFile&) const = default;
};

struct TableState {
  int64_t version = -1;
  std::map<std::string, LiveFile> files;  // by path and deletion vector
  std::string protocol;                   // canonical
  std::string table_id;
  std::string shape;  // schema, partition columns, format
  std::map<std::string, std::string> properties;
  std::map<std::string, int64_t> txns;
  int64_t commit_time = 0;        // as the newest commit says
  std::map<int64_t, int> epochs;  // how many commits carry the marker of which epoch
};

// Applies one commit, line by line. An error text, or nothing.
[[nodiscard]] std::optional<std::string> ApplyCommit(std::string_view text, TableState& state);

struct ReadTable {
  TableState state;
  std::string problem;  // why a reader would fail; empty when it would not
};

// The table below the store's root, at its newest version. No log at all is version -1 and no problem.
[[nodiscard]] ReadTable ReadReplica(const std::map<std::string, MemoryStore::Object>& objects);

// The name that a clone's file has at its source: one that it gave up for another stands behind "reused/<folder>/".
[[nodiscard]] std::string SourceName(const std::string& path);
// The files by the names, keys and facts that their source has.
[[nodiscard]] std::multimap<std::string, LiveFile> BySourceName(const std::map<std::string, LiveFile>& files);

// "%20" and the like, once.
[[nodiscard]] std::string DecodePath(std::string_view path);
[[nodiscard]] std::string CommitName(int64_t version);
// The version of a commit's object path below the table; absent for any other.
[[nodiscard]] std::optional<int64_t> CommitVersion(std::string_view path);

}  // namespace lakeferry::sim
