// Observer: who is told of every call that a process makes, right after it took effect and before anything else
// happens.
#pragma once

#include <memory>
#include <string>

#include "env/state_store.h"
#include "tests/support/memory_store.h"

namespace lakeferry::sim {

// A process, as the referee tells them apart.
struct Actor {
  int id = 0;
  Role role = Role::kSender;
  std::string name;  // "sender", "receiver 2"
};

struct StoreEffect {
  Actor actor;
  std::string uri;
  StoreOperation operation = StoreOperation::kGet;
  ObjectPath path;
  std::shared_ptr<const std::string> before;   // the object before the effect; null: none
  std::shared_ptr<const std::string> after;    // and after it
  std::shared_ptr<const std::string> offered;  // what the call wanted to put there
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void OnStore(const StoreEffect& effect) = 0;
  virtual void OnSaved(const Actor& actor, const StateChange& change) = 0;
};

}  // namespace lakeferry::sim
