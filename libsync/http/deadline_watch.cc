#include "http/deadline_watch.h"

#include <algorithm>
#include <utility>

namespace lakeferry {

DeadlineWatch::Entry::Entry(DeadlineWatch& watch, SteadyTime whole)
    : watch_(watch), whole_(whole), limit_(whole), place_(watch.entries_.insert(watch.entries_.end(), this)) {}

DeadlineWatch::Entry::~Entry() { watch_.entries_.erase(place_); }

void DeadlineWatch::Entry::Allow(Millis step) { limit_ = std::min(whole_, std::chrono::steady_clock::now() + step); }

void DeadlineWatch::Entry::CutWith(std::function<void()> cut) {
  cut_ = std::move(cut);
  if (why_ != Why::kNotCut && cut_) cut_();
}

void DeadlineWatch::Entry::Cut(Why why) {
  if (why_ != Why::kNotCut) return;
  why_ = why;
  if (cut_) cut_();
}

bool DeadlineWatch::Look() {
  const SteadyTime now = std::chrono::steady_clock::now();
  // What is cut off ends later, in its own coroutine: the list stays as it is meanwhile.
  for (Entry* entry : entries_) {
    if (entry->limit_ <= now) entry->Cut(Why::kTime);
  }
  return !entries_.empty();
}

}  // namespace lakeferry
