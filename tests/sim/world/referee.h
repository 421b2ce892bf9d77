// Referee: looks at every event and applies every storage rule at once. The first violation ends a simulation.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "tests/sim/world/rules.h"

namespace lakeferry::sim {

struct Violation {
  int rule = 0;
  std::string name;
  std::string what;
};

class Referee : public Observer {
 public:
  // `after_write` is called after each write that was taken in, once the rules have looked at it; may be empty.
  using AfterWrite = std::function<void(const Event&)>;
  Referee(Facts* facts, Timeline* timeline, Trace* trace) : facts_(facts), timeline_(timeline), trace_(trace) {}

  void set_after_write(AfterWrite call) { after_write_ = std::move(call); }
  void OnStore(const StoreEffect& effect) override;
  void OnSaved(const Actor& actor, const StateChange& change) override;
  [[nodiscard]] const std::optional<Violation>& violation() const { return violation_; }

 private:
  void Judge(const Event& event);

  Facts* facts_;
  Timeline* timeline_;
  Trace* trace_;
  AfterWrite after_write_;
  std::optional<Violation> violation_;
};

}  // namespace lakeferry::sim
