// BookMeter: how far the copy under way has come, kept in the group's record and saved now and then, so that `status`
// shows it, and that somebody is at work.
#pragma once

#include "engine/copy/work_meter.h"
#include "engine/environment.h"
#include "engine/group/group_book.h"

namespace lakeferry::engine {

// `env` and `book` must outlive its tasks.
class BookMeter final : public WorkMeter {
 public:
  BookMeter(const Environment& env, GroupBook& book) : env_(env), book_(book) {}

  void Begin(int64_t files, int64_t bytes) override;
  // Saves the record where that was not done for half a minute; a metadata store that cannot be written stops no copy.
  Task<void> Note(Call call, int64_t files, int64_t bytes) override;
  void NoteResumed(int64_t bytes) override;

 private:
  const Environment& env_;
  GroupBook& book_;
  Millis saved_{0};  // by the clock that never goes back
};

}  // namespace lakeferry::engine
