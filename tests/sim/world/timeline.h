// Timeline: virtual time. Whatever waits is an entry; when nothing is left to run, time jumps to the earliest one.
// Entries of one instant fire in the order they were made. SimClock shows one process's view of it. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

#include "env/clock.h"

namespace lakeferry::sim {

class Timeline {
 public:
  explicit Timeline(TimeMs start) : now_(start), start_(start) {}

  // Who parks an entry, so that a crash takes along what the dead process waited for. 0 is the world.
  using Owner = int;
  // What is on its way to a store, whatever becomes of its sender.
  static constexpr Owner kInFlight = -1;
  using Action = std::move_only_function<void()>;

  [[nodiscard]] TimeMs now() const { return now_; }
  [[nodiscard]] TimeMs start() const { return start_; }

  // `action` happens at `due`, or as soon as possible for one in the past.
  void At(TimeMs due, Owner owner, Action action);
  // Parks the awaiting coroutine; returns at once when `stop` is or gets requested.
  Task<void> Sleep(Owner owner, Millis duration, std::stop_token stop);
  // Parks the awaiting coroutine until its process dies.
  Task<void> Never(Owner owner);
  // Forgets what `owner` waits for, and with it the coroutines parked there.
  void Drop(Owner owner);
  [[nodiscard]] bool Waits(Owner owner) const;
  // Jumps to the earliest entry and fires it; false when there is none.
  bool FireNext();
  [[nodiscard]] std::optional<TimeMs> NextDue() const;

 private:
  using Key = std::pair<TimeMs, uint64_t>;
  struct Hastener {
    Timeline* timeline;
    uint64_t number;
    void operator()() const { timeline->Hasten(number); }
  };
  struct Entry {
    Owner owner = 0;
    Action action;
    std::unique_ptr<std::stop_callback<Hastener>> on_stop;
  };
  uint64_t Insert(TimeMs due, Entry entry);
  void Watch(uint64_t number, std::stop_token stop);
  void Hasten(uint64_t number);

  TimeMs now_;
  TimeMs start_;
  uint64_t next_number_ = 1;
  std::map<Key, Entry> entries_;
  std::map<uint64_t, TimeMs> due_;
};

// `timeline` outlives it.
class SimClock : public Clock {
 public:
  SimClock(Timeline* timeline, Timeline::Owner owner, Millis offset)
      : timeline_(timeline), owner_(owner), offset_(offset) {}

  // How far this process's calendar is off.
  void set_offset(Millis offset) { offset_ = offset; }
  // It shows whole seconds, as object stores list their times.
  void set_whole_seconds(bool whole) { whole_seconds_ = whole; }
  [[nodiscard]] TimeMs WallTime() const override {
    const TimeMs time = timeline_->now() + offset_;
    return whole_seconds_ ? TimeMs(std::chrono::floor<std::chrono::seconds>(time)) : time;
  }
  [[nodiscard]] Millis Monotonic() const override { return timeline_->now() - timeline_->start(); }
  Task<void> SleepFor(Call call, Millis duration) override {
    co_await timeline_->Sleep(owner_, duration, std::move(call.stop));
  }

 private:
  Timeline* timeline_;
  Timeline::Owner owner_;
  Millis offset_;
  bool whole_seconds_ = false;
};

}  // namespace lakeferry::sim
