// The manifest of an epoch as a value (PROTOCOL.md section 3). It is small whatever the tables hold: actions and files
// are in parts, objects of bounded size that it names by digest.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/cut_evidence.h"
#include "base/ids.h"
#include "base/object_path.h"
#include "base/result.h"
#include "base/time.h"
#include "delta/commit_json.h"
#include "delta/live_set.h"
#include "delta/table_features.h"
#include "plan/retention/retention.h"

namespace lakeferry::plan {

inline constexpr int kManifestFormat = 2;

struct ManifestPart {
  std::string sha256;  // also its name
  int64_t bytes = 0;
  int64_t lines = 0;
  bool operator==(const ManifestPart&) const = default;
};

struct ManifestTable {
  std::string name;
  std::string source_uri;
  Version source_version;               // the table's version at the cut
  std::optional<Version> base_version;  // the change is relative to it; absent: the whole table
  std::string table_id;                 // metaData.id of the source at the cut
  std::string commit_sha256;            // of the source's N.json at the cut; empty where it is gone
  std::string commit_etag = {};         // by which the source's store names that text; empty where it does not
  bool data_change = true;              // of the commit to write (clone)
  bool removes_change_data = true;      // same for its removes, of append-only tables
  bool in_commit_timestamps = false;    // enabled at the cut (clone)
  // The sender found its target free or the group's own, and may have put data files there itself.
  bool direct = false;
  std::optional<Retention> retention;  // of the source when the cut was made; absent: not known
  // Newest modification time of any file that the table held up to the cut (clone); absent: not known.
  std::optional<int64_t> newest_file_ms = {};
  std::optional<Version> checkpoint_version = {};  // newest that went over (mirror)
  // What the marker of a clone has to show once the epoch is applied: the newest epoch that brought the table a change.
  Epoch marked_epoch = {};
  // What the replica's live files come to with the epoch, under the names that they have there.
  delta::LiveSet live_set = {};
  // Whether that comes of a replay of the source at the cut. Else it was carried from the base, and what a remove told
  // was believed.
  bool live_set_replayed = false;
  // Fingerprint of what a replay of the source at the base came to; only where what was carried is in doubt.
  std::string base_live_set = {};
  int64_t adds = 0;  // add actions in the parts (mirror: commits)
  int64_t removes = 0;
  int64_t files = 0;  // objects staged, and their bytes
  int64_t bytes = 0;
  std::vector<ManifestPart> parts;
  bool operator==(const ManifestTable&) const = default;
};

struct Manifest {
  std::string workspace;
  std::string region;  // the sender's
  std::string group;
  std::string staging;  // the name of the staging location it is for
  Epoch epoch;
  Generation generation{1};
  delta::ReplicationMode mode = delta::ReplicationMode::kClone;
  TimeMs cut_time;
  std::vector<std::string> run_ids;
  bool atomic = true;
  CutEvidence evidence;  // what that rests on
  TimeMs created;
  Epoch base_epoch;             // the epoch the changes are relative to; 0: none
  Epoch previous_epoch;         // the epoch staged before this one; 0: none
  std::string previous_sha256;  // digest of its manifest
  std::vector<ManifestTable> tables;
  bool operator==(const Manifest&) const = default;
};

// One object that the epoch brings, and where it belongs.
struct StagedFile {
  ObjectPath path;  // below the table's root
  int64_t size = 0;
  uint64_t crc64 = 0;
  ObjectPath staged;  // below the staging root; empty: the sender has put it at its place below the target
  // The source's modification time, of what is to have it at the replica as well; absent for all else, and in parts of
  // senders that did not say it.
  std::optional<TimeMs> modified = {};
  // 64 hex digits, from senders that sign: a CRC finds damage, not intent. Else empty.
  std::string sha256 = {};
  // By which the store that took it names the content, which it compared with its checksum; empty where it does not
  // compare. As IsEtag has it.
  std::string etag = {};

  [[nodiscard]] bool placed() const { return staged.empty(); }
  bool operator==(const StagedFile&) const = default;
};

// One commit of a mirrored table, staged as an object.
struct StagedCommit {
  Version version;
  StagedFile file;
  bool operator==(const StagedCommit&) const = default;
};

// An object that an add of the epoch names and the epoch does not bring: the target has it from an epoch before.
struct PresentFile {
  ObjectPath path;  // below the table's root
  int64_t size = 0;
  bool operator==(const PresentFile&) const = default;
};

// Receives the records of a part in order. Delta actions come as in a commit.
class PartSink : public delta::ActionSink {
 public:
  // A data file, deletion vector or change file.
  virtual Status OnFile(StagedFile&&) { return {}; }
  virtual Status OnPresent(PresentFile&&) { return {}; }
  // A commit to publish, byte for byte, after all files.
  virtual Status OnCommit(StagedCommit&&) { return {}; }
  // A checkpoint or other object of the log folder, to publish after the commits.
  virtual Status OnLogFile(StagedFile&&) { return {}; }
};

// The document. The digest that chains manifests is the SHA-256 of these bytes.
[[nodiscard]] std::string WriteManifest(const Manifest& manifest);
// kCorruptLog naming the field that is missing or wrong; kUnsupportedTable for a newer format.
[[nodiscard]] Result<Manifest> ReadManifest(std::string_view text, std::string_view where);

// Lines of a part, without line end. Delta actions use delta::ToLine.
[[nodiscard]] std::string ToLine(const StagedFile& file);
[[nodiscard]] std::string ToLine(const PresentFile& file);
[[nodiscard]] std::string ToLine(const StagedCommit& commit);
[[nodiscard]] std::string LogFileLine(const StagedFile& file);
// Reads a part. kCorruptLog with the line; kRefused for a path that leaves the table's or the staging root.
[[nodiscard]] Status ReadPart(std::string_view text, std::string_view where, PartSink& sink);

}  // namespace lakeferry::plan
