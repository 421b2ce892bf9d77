#include "plan/cut/version_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>

namespace lakeferry::plan {
namespace {

enum class Side { kInside, kOutside, kUnnamed };

// On which side of the cut a run is, found without a look at all of them.
class Sides {
 public:
  explicit Sides(const RunSides& sides)
      : inside_(sides.inside.begin(), sides.inside.end()), outside_(sides.outside.begin(), sides.outside.end()) {}

  [[nodiscard]] Side Of(const CommitFacts& commit) const {
    if (!commit.run_id) return Side::kUnnamed;
    if (inside_.contains(*commit.run_id)) return Side::kInside;
    return outside_.contains(*commit.run_id) ? Side::kOutside : Side::kUnnamed;
  }

 private:
  std::unordered_set<std::string_view> inside_;
  std::unordered_set<std::string_view> outside_;
};

struct NamedCommits {
  std::optional<CommitFacts> last_inside;
  std::optional<CommitFacts> first_outside;
};

NamedCommits FindNamed(const VersionRequest& request, const Sides& sides) {
  NamedCommits named;
  for (const CommitFacts& commit : request.commits) {
    const Side side = sides.Of(commit);
    if (side == Side::kInside) named.last_inside = commit;
    if (side == Side::kOutside && !named.first_outside) named.first_outside = commit;
  }
  return named;
}

Status CheckInterleaving(const VersionRequest& request, const NamedCommits& named) {
  if (!named.last_inside || !named.first_outside) return {};
  if (named.first_outside->version > named.last_inside->version) return {};
  return Fail(ErrorCode::kRefused,
              fmt::format("table '{}': version {} is by run '{}', which is not in the cut, and version {} by run '{}', "
                          "which is: no version has one without the other",
                          request.table, named.first_outside->version.value(), *named.first_outside->run_id,
                          named.last_inside->version.value(), *named.last_inside->run_id),
              {}, "the group waits for an instant at which both have ended");
}

// A commit that names no run and lies where both neighbours may have written it.
Status CheckAmbiguity(const VersionRequest& request, const Sides& sides, const NamedCommits& named) {
  if (!request.cut.next_start) return {};
  const TimeMs from = *request.cut.next_start - request.clock_skew_margin;
  const TimeMs to = LatestInside(request.cut, request.clock_skew_margin);
  for (const CommitFacts& commit : request.commits) {
    if (commit.time < from || commit.time > to || sides.Of(commit) != Side::kUnnamed) continue;
    // Commits are ordered: one before a commit of the finished run, or after one of the next run, is no riddle.
    if (named.last_inside && commit.version < named.last_inside->version) continue;
    if (named.first_outside && commit.version > named.first_outside->version) continue;
    return Fail(ErrorCode::kRefused,
                fmt::format("table '{}': version {} was written at {}, where both the finished run and the next one "
                            "may have written it",
                            request.table, commit.version.value(), FormatUtc(commit.time)),
                {},
                fmt::format("let writers set the run's id in commitInfo.userMetadata, or leave a gap between runs that "
                            "is longer than twice clock_skew_margin, which is {} now",
                            FormatDuration(request.clock_skew_margin)));
  }
  return {};
}

// Whether nothing but times says where the commits of the finished runs end.
bool RestsOnTime(const VersionRequest& request, const NamedCommits& named, std::optional<Version> chosen) {
  if (named.last_inside) return false;
  const bool ended_by_next = named.first_outside && chosen && named.first_outside->version == chosen->Next();
  const bool any_since = !request.base || std::ranges::any_of(request.commits, [&](const CommitFacts& commit) {
    return commit.version > *request.base;
  });
  return any_since && !ended_by_next;
}

// Where times have to decide, those must be times.
Status CheckTimes(const VersionRequest& request, const NamedCommits& named, std::optional<Version> chosen) {
  if (!request.cut.atomic) return {};
  const TimeMs latest = LatestInside(request.cut, request.clock_skew_margin);
  if (!named.last_inside && request.base_time && *request.base_time > latest) {
    return Fail(
        ErrorCode::kRefused,
        fmt::format("table '{}': version {}, which an earlier epoch holds, is dated {} now, after the cut of {}: "
                    "its log has lost the times of its commits, and nothing else says whose they are",
                    request.table, request.base->value(), FormatUtc(*request.base_time), FormatUtc(request.cut.time)),
        {},
        "a copy or a restore did not keep them (cp -p, rsync -t): set them again, let writers set the run's id "
        "in commitInfo.userMetadata, or wait: a cut at the end of a run to come is later than they are");
  }
  if (request.unfit.empty() || !RestsOnTime(request, named, chosen)) return {};
  return Fail(ErrorCode::kRefused,
              fmt::format("table '{}': no commit names the run, and times cannot tell whose its commits are: {}",
                          request.table, request.unfit),
              {},
              "mend the clock that is wrong, let writers set the run's id in commitInfo.userMetadata, or set "
              "clock_skew_margin");
}

}  // namespace

TimeMs LatestInside(const CutCandidate& cut, Millis clock_skew_margin) {
  return cut.atomic ? cut.time + cut.slack + clock_skew_margin : cut.time;
}

Result<VersionChoice> ChooseVersion(const VersionRequest& request) {
  const Sides sides(request.sides);
  const NamedCommits named = FindNamed(request, sides);
  LF_TRY_OK(CheckInterleaving(request, named));
  LF_TRY_OK(CheckAmbiguity(request, sides, named));
  const std::optional<Version> by_time =
      request.newest_by_time ? std::max(request.newest_by_time, request.base) : request.base;
  std::optional<Version> chosen = by_time;
  if (named.last_inside && (!chosen || named.last_inside->version > *chosen)) chosen = named.last_inside->version;
  if (named.first_outside && chosen && named.first_outside->version <= *chosen) {
    chosen = named.first_outside->version.value() == 0 ? std::nullopt
                                                       : std::optional(named.first_outside->version.Previous());
  }
  LF_TRY_OK(CheckTimes(request, named, chosen));
  if (!chosen) {
    return Fail(ErrorCode::kNotFound,
                fmt::format("table '{}' has no version at the cut of {}", request.table, FormatUtc(request.cut.time)),
                {}, "its first commit is later, or its log was cleaned beyond the cut");
  }
  VersionChoice choice{.version = *chosen,
                       .by_run_id = named.last_inside || named.first_outside,
                       .by_time = RestsOnTime(request, named, chosen),
                       .disagreement = {}};
  if (chosen != by_time) {
    choice.disagreement = fmt::format("run ids say version {}, commit times say {}", chosen->value(),
                                      by_time ? ToString(*by_time) : std::string("none"));
  }
  return choice;
}

}  // namespace lakeferry::plan
