// Commit text <-> actions (protocol: "Actions"; one JSON object a line). Reading is strict where damage could lose data
// and tolerant where the protocol asks for it (unknown actions and fields).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "delta/action.h"
#include "delta/file_hash.h"
#include "delta/size_limits.h"

namespace lakeferry::delta {

// An add with what stands for its file, worked out ahead; absent for a path that HashFile refuses.
struct HashedAdd {
  AddFile add;
  std::optional<FileHash> file;
};

// Receives actions one by one, in the order of the text, so that a commit of a million actions is no million values.
// An error ends the reading and is returned. The defaults ignore.
class ActionSink {
 public:
  virtual ~ActionSink() = default;
  // False: adds, removes and cdc do nothing here, and a source need not read them.
  [[nodiscard]] virtual bool wants_files() const { return true; }
  virtual Status OnAdd(AddFile&&) { return {}; }
  // The same for adds that follow one another, from a source that has them together.
  virtual Status OnAdds(std::span<HashedAdd> adds);
  // The seed that such a source is to hash them with.
  [[nodiscard]] virtual uint64_t file_seed() const { return 0; }
  // Where the next add is to be written, whole, before OnAdd gets it: a sink that keeps adds names its own memory.
  virtual AddFile& AddMemory(AddFile& offered) { return offered; }
  virtual Status OnRemove(RemoveFile&&) { return {}; }
  virtual Status OnCdc(AddCdcFile&&) { return {}; }
  virtual Status OnMetadata(Metadata&&) { return {}; }
  virtual Status OnProtocol(Protocol&&) { return {}; }
  virtual Status OnTxn(Txn&&) { return {}; }
  virtual Status OnDomainMetadata(DomainMetadata&&) { return {}; }
  virtual Status OnCommitInfo(CommitInfo&&) { return {}; }
  // Only in V2 checkpoints.
  virtual Status OnSidecar(Sidecar&&) { return {}; }
  virtual Status OnCheckpointMetadata(int64_t /*version*/) { return {}; }
};

// Longer texts of commitInfo count as absent: those that are read by their name, and the others.
inline constexpr size_t kInfoTextMax = size_t{1} << 20;
inline constexpr size_t kInfoOtherMax = size_t{64} << 10;

// Reads a whole commit (or JSON checkpoint, or actions of a manifest). `where` names the object in errors.
// kCorruptLog, with the line's number: empty text, broken JSON, a line cut short, a required field missing or of the
// wrong type, two actions in one object. kUnsupportedTable, with line and field: more than kLineBytesMax to be carried.
// What Spark or delta-rs reads is read as they do: blank lines and CR LF, a byte-order mark, fields that are absent or
// null, other values than texts where texts belong, numbers as text.
[[nodiscard]] Status ReadActions(std::string_view text, std::string_view where, ActionSink& sink);

// A whole commit as one value.
struct Commit {
  std::optional<CommitInfo> commit_info;
  std::optional<Protocol> protocol;
  std::optional<Metadata> metadata;
  std::vector<AddFile> adds;
  std::vector<RemoveFile> removes;
  std::vector<AddCdcFile> cdc;
  std::vector<Txn> txns;
  std::vector<DomainMetadata> domains;
  // Where the whole of each add and remove was put, by an ActionShelf (delta/commit_collector.h); empty without one.
  std::vector<int64_t> add_places = {};
  std::vector<int64_t> remove_places = {};

  [[nodiscard]] bool HasFileActions() const { return !adds.empty() || !removes.empty(); }
};

// ReadActions, and the rules of one commit: at most one protocol, metaData and commitInfo; no two adds or two removes
// of one (path, deletion vector), no add and remove of the same one (kCorruptLog).
[[nodiscard]] Result<Commit> ParseCommit(std::string_view text, std::string_view where);

// One action as one compact line without the line end; fields in the protocol's order, absent ones left out.
[[nodiscard]] std::string ToLine(const AddFile& add);
[[nodiscard]] std::string ToLine(const RemoveFile& remove);
[[nodiscard]] std::string ToLine(const AddCdcFile& cdc);
[[nodiscard]] std::string ToLine(const Metadata& metadata);
[[nodiscard]] std::string ToLine(const Protocol& protocol);
[[nodiscard]] std::string ToLine(const Txn& txn);
[[nodiscard]] std::string ToLine(const DomainMetadata& domain);

}  // namespace lakeferry::delta
