// StoreDelays: calls to stores in memory that take as long as those to a far one, in a time of its own: it passes when
// nothing else can happen. What ran one after the other is what it took, whatever the machine is doing.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/time.h"
#include "tests/support/memory_store.h"

namespace lakeferry {

class StoreDelays {
 public:
  // `loop` must outlive it; each call takes `each`.
  StoreDelays(boost::asio::io_context& loop, Millis each) : loop_(loop), each_(each) {}

  // For stores whose calls are to take time; this must outlive them.
  [[nodiscard]] MemoryStoreHooks Hooks();

  // Runs `task` to its end on the loop; what it returned, and how many calls ran one after the other.
  template <typename T>
  std::pair<T, int64_t> Run(Task<T> task) {
    std::optional<T> value;
    const auto keep = [](Task<T> inner, std::optional<T>& kept) -> Task<void> {
      T result = co_await std::move(inner);
      kept.emplace(std::move(result));
    };
    began_ = now_;
    calls_.clear();
    RunToEnd(keep(std::move(task), value));
    return {*std::move(value), (now_ - began_) / each_};
  }

  // What the last run called, round by round: "12: 20 x read mem://west/a/_delta_log", the folder for all in it.
  [[nodiscard]] std::string Rounds() const;
  // How many of them: "read mem://west/a/_delta_log".
  [[nodiscard]] int Count(const std::string& call) const;

 private:
  Task<Status> Delay(std::string uri, StoreOperation operation, ObjectPath path);
  void RunToEnd(Task<void> task);
  void WakeNext();

  boost::asio::io_context& loop_;
  const Millis each_;
  Millis now_{0};
  Millis began_{0};
  std::multimap<Millis, std::shared_ptr<boost::asio::steady_timer>> sleeping_;  // by when they wake
  std::map<int64_t, std::map<std::string, int>> calls_;                         // by round
};

}  // namespace lakeferry
