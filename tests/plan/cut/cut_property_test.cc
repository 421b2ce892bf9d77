// Random histories against a judge that knows which run wrote which commit: a cut never splits a run and never holds
// anything of an unfinished run, or of a failed one that no later success of its workflow has built upon.
#include <random>

#include "plan/cut/cut.h"
#include "plan/cut/version_choice.h"
#include "run_samples.h"
#include "tests/support/slow_build.h"

namespace lakeferry::plan {
namespace {

constexpr int kHistories = kSlowBuild ? 10'000 : 100'000;
constexpr int64_t kNow = 60;

struct Wrote {
  CommitFacts facts;
  size_t run;  // its writer
};

struct History {
  std::vector<Run> runs;
  std::vector<Wrote> commits;  // of one table, ascending
  std::optional<TimeMs> previous_cut;
  bool named = false;  // writers say which run they are
};

class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}
  int64_t Roll(int64_t from, int64_t to) { return std::uniform_int_distribution<int64_t>(from, to)(engine_); }
  bool OneIn(int64_t n) { return Roll(1, n) == 1; }

 private:
  std::minstd_rand engine_;
};

Run RandomRun(Dice& dice, size_t index) {
  const int64_t start = dice.Roll(0, kNow - 2);
  const int64_t end = std::min(start + dice.Roll(0, 20), kNow - 1);
  const std::string id = "run-" + std::to_string(index);
  const std::string workflow = dice.OneIn(2) ? "one" : "two";
  if (dice.OneIn(8)) return Running(id, start, workflow);
  return dice.OneIn(4) ? Failed(id, start, end, workflow) : Success(id, start, end, workflow);
}

// Commits lie in the runs that wrote them, ends included; versions rise with time.
History RandomHistory(Dice& dice) {
  History history;
  history.named = dice.OneIn(2);
  const auto runs = static_cast<size_t>(dice.Roll(1, 5));
  for (size_t i = 0; i < runs; ++i) history.runs.push_back(RandomRun(dice, i));
  for (size_t i = 0; i < runs; ++i) {
    const Run& run = history.runs[i];
    const int64_t last = run.end ? ToEpochMs(*run.end) : kNow - 1;
    for (int64_t n = dice.Roll(0, 2); n > 0; --n) {
      Wrote wrote{.facts = {.version = {}, .time = FromEpochMs(dice.Roll(ToEpochMs(run.start), last)), .run_id = {}},
                  .run = i};
      if (history.named) wrote.facts.run_id = run.run_id;
      history.commits.push_back(std::move(wrote));
    }
  }
  std::ranges::sort(history.commits, {}, [](const Wrote& wrote) { return std::pair(wrote.facts.time, wrote.run); });
  for (size_t i = 0; i < history.commits.size(); ++i) {
    history.commits[i].facts.version = Version(static_cast<int64_t>(i));
  }
  return history;
}

Result<VersionChoice> Choose(const History& history, const CutCandidate& cut, Millis margin = Millis(0)) {
  VersionRequest request{.table = "t", .sides = SplitRuns(history.runs, cut), .cut = cut, .clock_skew_margin = margin};
  for (const Wrote& wrote : history.commits) {
    request.commits.push_back(wrote.facts);
    if (wrote.facts.time <= LatestInside(cut, margin)) request.newest_by_time = wrote.facts.version;
  }
  return ChooseVersion(request);
}

// What the definition says, run by run and millisecond by millisecond, with no regard for how it is computed.
bool IsQuiescent(const History& history, TimeMs instant) {
  for (const Run& run : history.runs) {
    const bool begun = run.start < instant;
    const bool over = run.end && *run.end <= instant;
    if (begun && !over) return false;
    if (!over || run.state != RunState::kFailed) continue;
    const bool built_upon = std::ranges::any_of(history.runs, [&](const Run& later) {
      return later.workflow == run.workflow && later.state == RunState::kSuccess && later.end &&
             *later.end > *run.end && *later.end <= instant;
    });
    if (!built_upon) return false;
  }
  return true;
}

// Empty where the version holds every commit of the runs that ended by the cut and none of another run.
std::string WhatIsWrong(const History& history, const CutCandidate& cut, Version version) {
  for (const Wrote& wrote : history.commits) {
    const Run& run = history.runs[wrote.run];
    const bool in_version = wrote.facts.version <= version;
    const bool in_cut = run.end && *run.end <= cut.time;
    if (in_version == in_cut) continue;
    return run.run_id +
           (in_version ? " is in the version and not in the cut" : " is in the cut and not in the version");
  }
  return {};
}

std::string Show(const History& history, const CutCandidate& cut) {
  std::string text = "cut " + std::to_string(ToEpochMs(cut.time));
  for (const Run& run : history.runs) {
    text += "\n" + run.workflow + " " + run.run_id + " " + std::string(RunStateName(run.state)) + " " +
            std::to_string(ToEpochMs(run.start)) + ".." + (run.end ? std::to_string(ToEpochMs(*run.end)) : "");
  }
  for (const Wrote& wrote : history.commits) {
    text += "\nv" + ToString(wrote.facts.version) + " at " + std::to_string(ToEpochMs(wrote.facts.time)) + " by " +
            history.runs[wrote.run].run_id;
  }
  return text;
}

TEST(CutProperty, CandidatesAreExactlyTheQuiescentEndsOfSuccesses) {
  Dice dice(1);
  for (int i = 0; i < kHistories; ++i) {
    const History history = RandomHistory(dice);
    const CutChoice choice = FindQuiescentInstants({.runs = history.runs, .now = FromEpochMs(kNow)});
    std::vector<TimeMs> expected;
    for (int64_t ms = kNow; ms >= 0; --ms) {
      const TimeMs instant = FromEpochMs(ms);
      const bool ends = std::ranges::any_of(
          history.runs, [&](const auto& run) { return run.state == RunState::kSuccess && run.end == instant; });
      if (ends && IsQuiescent(history, instant)) expected.push_back(instant);
    }
    std::vector<TimeMs> found;
    for (const CutCandidate& cut : choice.candidates) found.push_back(cut.time);
    ASSERT_EQ(found, expected) << Show(history, CutCandidate{});
    ASSERT_EQ(choice.reason.empty(), !found.empty());
  }
}

TEST(CutProperty, ChosenVersionNeverSplitsARunNorHoldsAnUnfinishedOne) {
  Dice dice(2);
  int chosen = 0;
  int refused = 0;
  for (int i = 0; i < kHistories; ++i) {
    const History history = RandomHistory(dice);
    const CutChoice choice = FindQuiescentInstants({.runs = history.runs, .now = FromEpochMs(kNow)});
    for (const CutCandidate& cut : choice.candidates) {
      const auto version = Choose(history, cut);
      if (!version) {
        ++refused;
        continue;
      }
      ++chosen;
      ASSERT_EQ(WhatIsWrong(history, cut, version->version), "") << Show(history, cut);
    }
  }
  // The histories are of a kind that tries both answers.
  EXPECT_GT(chosen, kHistories / 10);
  EXPECT_GT(refused, kHistories / 100);
}

// The same histories, but commits are dated by another clock, which is off by as much as the margin allows, and ends
// have their last digit cut off.
History Skewed(History history, Dice& dice, Millis margin) {
  const Millis off(dice.Roll(-margin.count(), margin.count()));
  for (Wrote& wrote : history.commits) wrote.facts.time += off;
  for (Run& run : history.runs) {
    if (!run.end || dice.OneIn(2)) continue;
    const Millis cut_off(ToEpochMs(*run.end) % 10);
    if (*run.end - cut_off < run.start) continue;
    run.end = *run.end - cut_off;
    run.end_slack = Millis(9);
  }
  return history;
}

// A run holds an instant that its end had before the digit was cut off.
bool EndsAreStillApart(const History& history, const CutCandidate& cut) {
  return std::ranges::none_of(
      history.runs, [&](const Run& run) { return run.start < cut.time + cut.slack && run.start >= cut.time; });
}

TEST(CutProperty, ClocksThatDifferByNoMoreThanTheMarginSplitNoRun) {
  Dice dice(4);
  constexpr Millis kMargin(4);
  int chosen = 0;
  int torn_without = 0;
  for (int i = 0; i < kHistories; ++i) {
    const History history = Skewed(RandomHistory(dice), dice, kMargin);
    const CutChoice choice = FindQuiescentInstants(
        {.runs = history.runs, .now = FromEpochMs(kNow), .clock_skew_margin = kMargin, .settles = false});
    for (const CutCandidate& cut : choice.candidates) {
      // Runs that overlap once the digit is known again are no matter of clocks.
      if (!EndsAreStillApart(history, cut)) continue;
      const auto version = Choose(history, cut, kMargin);
      if (version) {
        ++chosen;
        ASSERT_EQ(WhatIsWrong(history, cut, version->version), "") << Show(history, cut);
      }
      const auto without = Choose(history, cut, Millis(0));
      if (without && !WhatIsWrong(history, cut, without->version).empty()) ++torn_without;
    }
  }
  EXPECT_GT(chosen, kHistories / 20);
  EXPECT_GT(torn_without, kHistories / 1'000) << "the margin is what keeps them together";
}

TEST(CutProperty, OrderOfTheRunsDoesNotMatter) {
  Dice dice(3);
  for (int i = 0; i < kHistories / 10; ++i) {
    History history = RandomHistory(dice);
    const CutChoice forward = FindQuiescentInstants({.runs = history.runs, .now = FromEpochMs(kNow)});
    std::ranges::reverse(history.runs);
    const CutChoice backward = FindQuiescentInstants({.runs = history.runs, .now = FromEpochMs(kNow)});
    ASSERT_EQ(forward.candidates, backward.candidates);
  }
}

}  // namespace
}  // namespace lakeferry::plan
