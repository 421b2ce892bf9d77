#include "tests/sim/world/timeline.h"

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <vector>

namespace lakeferry::sim {
namespace {

constexpr TimeMs kNever = TimeMs::max();

}  // namespace

void Timeline::At(TimeMs due, Owner owner, Action action) {
  Insert(std::max(due, now_), Entry{.owner = owner, .action = std::move(action), .on_stop = nullptr});
}

uint64_t Timeline::Insert(TimeMs due, Entry entry) {
  const uint64_t number = next_number_++;
  entries_.emplace(Key(due, number), std::move(entry));
  due_.emplace(number, due);
  return number;
}

void Timeline::Watch(uint64_t number, std::stop_token stop) {
  auto watcher = std::make_unique<std::stop_callback<Hastener>>(std::move(stop), Hastener{this, number});
  const auto due = due_.find(number);
  if (due != due_.end()) entries_.at(Key(due->second, number)).on_stop = std::move(watcher);
}

void Timeline::Hasten(uint64_t number) {
  const auto due = due_.find(number);
  if (due == due_.end() || due->second <= now_) return;
  auto node = entries_.extract(Key(due->second, number));
  node.key() = Key(now_, number);
  entries_.insert(std::move(node));
  due->second = now_;
}

Task<void> Timeline::Sleep(Owner owner, Millis duration, std::stop_token stop) {
  if (stop.stop_requested()) co_return;
  auto park = [](auto handler, Timeline* self, Owner whose, Millis time, std::stop_token token) {
    auto resume = [h = std::move(handler)]() mutable { boost::asio::post(std::move(h)); };
    Entry entry{.owner = whose, .action = std::move(resume), .on_stop = nullptr};
    const uint64_t number = self->Insert(self->now_ + std::max(time, Millis(0)), std::move(entry));
    if (token.stop_possible()) self->Watch(number, std::move(token));
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
      park, boost::asio::use_awaitable, this, owner, duration, std::move(stop));
}

Task<void> Timeline::Never(Owner owner) {
  auto park = [](auto handler, Timeline* self, Owner whose) {
    auto resume = [h = std::move(handler)]() mutable { boost::asio::post(std::move(h)); };
    self->Insert(kNever, Entry{.owner = whose, .action = std::move(resume), .on_stop = nullptr});
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(park, boost::asio::use_awaitable,
                                                                                     this, owner);
}

bool Timeline::Waits(Owner owner) const {
  return std::ranges::any_of(entries_, [owner](const auto& entry) { return entry.second.owner == owner; });
}

void Timeline::Drop(Owner owner) {
  // Taken out first: the coroutines that die with the entries may come back here.
  std::vector<Entry> dead;
  for (auto at = entries_.begin(); at != entries_.end();) {
    if (at->second.owner != owner) {
      ++at;
      continue;
    }
    due_.erase(at->first.second);
    dead.push_back(std::move(at->second));
    at = entries_.erase(at);
  }
}

std::optional<TimeMs> Timeline::NextDue() const {
  if (entries_.empty() || entries_.begin()->first.first == kNever) return std::nullopt;
  return entries_.begin()->first.first;
}

bool Timeline::FireNext() {
  if (!NextDue()) return false;
  const auto first = entries_.begin();
  now_ = std::max(now_, first->first.first);
  due_.erase(first->first.second);
  Entry entry = std::move(first->second);
  entries_.erase(first);
  entry.on_stop.reset();
  entry.action();
  return true;
}

}  // namespace lakeferry::sim
