#include "daemon/output/progress_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "daemon/output/human.h"

namespace lakeferry {
namespace {

constexpr Millis kRemembered{10'000};
constexpr Millis kTellsAfter{1'000};
constexpr int kBarWidth = 20;
constexpr size_t kPieceGap = 2;

// Of the whole, by bytes where there are any; absent where it is not known.
std::optional<double> PartOf(const WorkProgress& work) {
  if (work.bytes_total > 0)
    return std::min(1.0, static_cast<double>(work.bytes) / static_cast<double>(work.bytes_total));
  if (work.files_total > 0)
    return std::min(1.0, static_cast<double>(work.files) / static_cast<double>(work.files_total));
  return std::nullopt;
}

std::string Bar(double part) {
  const int filled = static_cast<int>(part * kBarWidth);
  return fmt::format("[{}{}] {}%", std::string(static_cast<size_t>(filled), '#'),
                     std::string(static_cast<size_t>(kBarWidth - filled), '-'), static_cast<int>(part * 100));
}

std::string OfTotal(const std::string& done, const std::string& total, bool known) {
  return known ? done + "/" + total : done;
}

}  // namespace

std::optional<ProgressSample> SampleOf(const engine::ReplicatorSnapshot& snapshot) {
  std::optional<ProgressSample> sample;
  int groups = 0;
  for (const GroupRecord& group : snapshot.groups) {
    if (group.phase.empty() || group.progress.files_total == 0) continue;
    if (!sample) sample = ProgressSample{.what = group.group + ": " + group.phase, .work = {}};
    sample->work.files += group.progress.files;
    sample->work.files_total += group.progress.files_total;
    sample->work.bytes += group.progress.bytes;
    sample->work.bytes_total += group.progress.bytes_total;
    sample->resumed_bytes += group.resumed_bytes;
    ++groups;
  }
  if (groups > 1) sample->what = fmt::format("{} groups", groups);
  return sample;
}

std::optional<ProgressText::Rate> ProgressText::RateOf(const WorkProgress& work, Millis now) {
  // What was counted before a new beginning says nothing.
  if (!moments_.empty() && work.bytes < moments_.back().bytes) moments_.clear();
  moments_.push_back({.at = now, .bytes = work.bytes, .files = work.files});
  while (moments_.size() > 2 && now - moments_.front().at > kRemembered) moments_.pop_front();
  const Millis span = now - moments_.front().at;
  if (span < kTellsAfter) return std::nullopt;
  const double seconds = static_cast<double>(span.count()) / 1'000.0;
  return Rate{.bytes = static_cast<double>(work.bytes - moments_.front().bytes) / seconds,
              .files = static_cast<double>(work.files - moments_.front().files) / seconds};
}

std::string ProgressText::Line(const ProgressSample& sample, Millis now, size_t width) {
  if (sample.what != what_) moments_.clear();
  what_ = sample.what;
  const WorkProgress& work = sample.work;
  std::vector<std::string> pieces = {sample.what};
  if (const auto part = PartOf(work)) pieces.push_back(Bar(*part));
  pieces.push_back(OfTotal(std::to_string(work.files), HumanCount(work.files_total, "file"), work.files_total > 0));
  if (work.files_total == 0) pieces.back() = HumanCount(work.files, "file");
  const bool counts_bytes = work.bytes > 0 || work.bytes_total > 0;
  if (counts_bytes)
    pieces.push_back(OfTotal(HumanBytes(work.bytes), HumanBytes(work.bytes_total), work.bytes_total > 0));
  if (const auto rate = RateOf(work, now)) {
    if (counts_bytes) pieces.push_back(HumanBytes(static_cast<int64_t>(rate->bytes)) + "/s");
    const bool by_bytes = work.bytes_total > 0;
    const double left = static_cast<double>(by_bytes ? work.bytes_total - work.bytes : work.files_total - work.files);
    const double speed = by_bytes ? rate->bytes : rate->files;
    if (left > 0 && speed > 0) pieces.push_back(HumanAge(Millis(static_cast<int64_t>(left / speed * 1'000))) + " left");
  }
  if (sample.resumed_bytes > 0) pieces.push_back(HumanBytes(sample.resumed_bytes) + " not sent again");
  std::string line = pieces.front().substr(0, width);
  for (size_t i = 1; i < pieces.size() && line.size() + kPieceGap + pieces[i].size() <= width; ++i) {
    line += std::string(kPieceGap, ' ') + pieces[i];
  }
  return line;
}

}  // namespace lakeferry
