// FoldRange: what the commits of a range come to, in as many nets as memory asks for: one of few file actions; of many,
// one for each share of the files that they name (engine/spill/action_shares.h).
#pragma once

#include <optional>
#include <vector>

#include "engine/log/table_log.h"
#include "engine/spill/action_shares.h"
#include "engine/spill/action_shelf.h"
#include "plan/change/net_change.h"

namespace lakeferry::engine {

// Makes nets of commits, one after another. What it has of one is forgotten with the next.
class NetSink {
 public:
  virtual ~NetSink() = default;
  // Whether commits under that protocol can be folded at all.
  [[nodiscard]] virtual bool Knows(const delta::Protocol& /*protocol*/) const { return true; }
  // A new net.
  virtual void BeginNet() = 0;
  // The file actions of the next commit, or what it has of them for this net. `removes`: as of NetChange::Apply.
  virtual Status Take(delta::Commit commit, bool removes) = 0;
  virtual plan::NetChange& net() = 0;
  // After the last: the net is settled as far as it can be. Blocking: called on a pool.
  virtual Status EndNet() = 0;
};

// Commits that follow one another.
struct CommitRange {
  const TableLog& log;
  Version first;
  Version last;
  std::optional<Version> base = {};  // where the doubts of nets are looked up; absent: they stay
  int64_t newest_at_base_ms = 0;
};

struct FoldedRange {
  enum class Extent {
    kWhole,
    kTooMany,  // it has more file actions than the shelf, which gets each of them first, or a share of them holds
    kUnknown,  // it has a protocol that the sink does not know
  };
  Extent extent = Extent::kWhole;          // of the range: nothing else counts unless it was folded whole
  plan::NetChange shape{0};                // all but file actions
  std::vector<delta::Protocol> protocols;  // every one
  bool in_doubt = false;                   // some net still is (NetChange::NeedsBase)
};

// Errors: as of TableLog, NetChange and LookUpBase; those of the sink and the shelf. All must outlive the task. Memory:
// Limits::folded_bytes, and what the sink keeps.
Task<Result<FoldedRange>> FoldRange(Call call, const Environment& env, CommitRange range, FileNamer namer,
                                    RangeShelf* shelf, NetSink* sink);

}  // namespace lakeferry::engine
