// EpochTrace: how an epoch went, step by step, for whoever looks at traces of several services. It is one trace on both
// sides: its id, and that of its first step, follow from the epoch itself, so that neither side tells the other. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "plan/group/group_stage.h"
#include "plan/record/epoch_record.h"

namespace lakeferry::plan {

// A stage that a pass has entered.
struct StageMark {
  GroupStage stage = GroupStage::kIdle;
  TimeMs at;
};

// A table's commit at the receiver.
struct CommitMark {
  std::string table;
  TimeMs began;
  TimeMs ended;
};

using TraceValue = std::variant<std::string, int64_t, bool>;

struct TraceStep {
  std::string id;      // within the trace
  std::string parent;  // the id of the step that it is a part of; empty: of none
  std::string name;    // for people
  TimeMs began;
  TimeMs ended;
  std::vector<std::pair<std::string, TraceValue>> values = {};
  std::string error = {};  // empty: it went well
};

struct EpochTrace {
  Role role = Role::kSender;
  std::string group;
  Epoch epoch;
  std::string manifest_sha256;
  std::vector<TraceStep> steps;
};

// As W3C's Trace Context has them, in lower-case hex: 16 bytes, and 8 of each step.
[[nodiscard]] std::string TraceIdOf(const EpochTrace& trace);
[[nodiscard]] std::string SpanIdOf(const EpochTrace& trace, std::string_view step_id);

// Of an epoch that the sender has staged: the whole from its cut on, and its stages. `marks`: of the pass.
[[nodiscard]] EpochTrace TraceOfStaged(const std::vector<StageMark>& marks, const EpochRecord& record, TimeMs now);
// Of one that the receiver has applied or refused: a part of the sender's whole, with its stages, and with each commit
// as a part of that stage.
[[nodiscard]] EpochTrace TraceOfAnswered(const std::vector<StageMark>& marks, const std::vector<CommitMark>& commits,
                                         const EpochRecord& record, TimeMs now);

}  // namespace lakeferry::plan
