// SourceTable: one Delta table of the primary region, written by text as engines write it, and the truth about each of
// its versions for the referee. One thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/sim/world/reference_log.h"
#include "tests/sim/world/sim_random.h"
#include "tests/support/memory_store.h"

namespace lakeferry::sim {

// What the table uses of Delta.
struct TableKind {
  bool partitioned = false;
  bool vectors = false;      // deletion vectors
  bool checkpoints = false;  // V2 checkpoints in JSON, and the hint
  bool in_commit_timestamps = false;
  bool row_tracking = false;  // rows bear the version of the commit that wrote them
  bool reuses_names = false;  // its writers give a new file the name of one that was removed
  int64_t lies_percent = 0;   // of its removes tell a size that their file never had
};

// Whose commit it is, and how it says so.
struct Author {
  std::string workflow;
  std::string run_id;  // empty: no run of any workflow
  std::string info;    // fields of commitInfo that name the run; may be empty
};

struct CommitTruth {
  Author author;
  TimeMs written;    // by the true clock
  TimeMs listed;     // as the store lists it
  TableState state;  // after it, by the plain reader
  std::string bytes;
};

class SourceTable {
 public:
  enum class Change {
    kAppend,
    kOverwrite,
    kUpdate,
    kOptimize,
    kDelete,
    kSchema,
    kTxn,
    kNothing,
    kRestore,
    kVector,
    kReuse
  };

  SourceTable(std::string name, MemoryStore* store, TableKind kind, SimRandom random)
      : name_(std::move(name)), store_(store), kind_(kind), random_(random) {}

  // Version 0: protocol and metaData, and data where asked.
  void Create(TimeMs now, const Author& author, bool with_data);
  // One commit; a change that needs files that there are none of becomes an append.
  void Commit(TimeMs now, const Author& author, Change change);
  void CommitAny(TimeMs now, const Author& author);
  // A checkpoint of the newest version, and the hint.
  void Checkpoint();
  // Deletes commits before the newest checkpoint.
  void CleanLog();
  // Deletes data files that the newest version does not need.
  void Vacuum();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const MemoryStore& store() const { return *store_; }
  [[nodiscard]] const std::string& uri() const { return uri_; }
  [[nodiscard]] bool exists() const { return !commits_.empty(); }
  [[nodiscard]] const std::vector<CommitTruth>& commits() const { return commits_; }
  [[nodiscard]] int64_t newest() const { return static_cast<int64_t>(commits_.size()) - 1; }
  [[nodiscard]] const TableKind& kind() const { return kind_; }
  // Whether VACUUM has taken the object away.
  [[nodiscard]] bool Vacuumed(const std::string& path) const { return vacuumed_.contains(path); }
  // Bytes of the log's objects other than commits, as they ever were.
  [[nodiscard]] bool EverHeld(const std::string& path, const std::string& bytes) const;

  // What the first data object of this name holds: a function of the name alone.
  [[nodiscard]] static std::string Content(std::string_view table, std::string_view path);
  // Whether the object ever held these bytes, in a file that was modified at `not_before` or later. A cut that is read
  // late finds what was written since, as the source's own readers do; older bytes nobody finds.
  [[nodiscard]] bool Held(const std::string& path, std::string_view bytes, int64_t not_before = 0) const;
  [[nodiscard]] bool Held(const std::string& path, int64_t size, uint64_t crc64) const;

 private:
  struct File {
    std::string path;       // of the object
    std::string log_path;   // as in the log
    std::string partition;  // the value; empty: null
    int64_t size = 0;
    int64_t modified = 0;
    int64_t row_commit = 0;  // the version that added it
    std::string vector;      // the JSON of its deletion vector; may be empty
    std::string vector_path;
  };
  File NewFile(TimeMs now);
  std::string AddLine(const File& file, bool data_change) const;
  std::string RemoveLine(const File& file, TimeMs now, bool data_change) const;
  std::string PartitionValues(const File& file) const;
  std::string InfoLine(TimeMs now, const Author& author, std::string_view operation) const;
  std::string ProtocolLine() const;
  std::string MetadataLine() const;
  void Add(File file, bool data_change, std::string& text);
  void Remove(const std::string& key, TimeMs now, bool data_change, std::string& text);
  std::string LiveKey();
  void ApplyChange(TimeMs now, Change change, std::string& text);
  void Optimize(TimeMs now, std::string& text);
  void Restore(std::string& text);
  void MarkDeleted(TimeMs now, std::string& text);
  void Reuse(TimeMs now, std::string& text);
  void Publish(TimeMs now, const Author& author, std::string text);

  std::string name_;
  MemoryStore* store_;
  std::string uri_ = std::string(store_->uri());
  TableKind kind_;
  SimRandom random_;
  int64_t next_file_ = 1;
  int64_t columns_ = 2;
  int64_t next_vector_ = 0;
  std::map<std::string, int64_t> txns_;
  std::map<std::string, File> live_;
  std::vector<File> removed_;
  std::vector<CommitTruth> commits_;
  std::map<std::string, std::string> vacuumed_;
  std::multimap<std::string, std::string> log_objects_;
  struct Rewritten {
    int64_t modified = 0;
    std::string bytes;
  };
  std::multimap<std::string, Rewritten> rewritten_;  // of names that were used again: every file that had them
  int64_t checkpoint_ = -1;
};

}  // namespace lakeferry::sim
