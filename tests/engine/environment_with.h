// An environment like another one, but for one thing in it: its members are references, which a copy cannot change.
#pragma once

#include "engine/environment.h"

namespace lakeferry::engine {

// `state` or `scratch` in the place of `env`'s own; absent: that. All must outlive what is returned.
struct OtherParts {
  StateStore* state = nullptr;
  Scratch* scratch = nullptr;
};
inline Environment EnvironmentWith(const Environment& env, OtherParts instead) {
  return {.region = env.region,
          .clock = env.clock,
          .random = env.random,
          .log = env.log,
          .state = instead.state != nullptr ? *instead.state : env.state,
          .stores = env.stores,
          .workflows = env.workflows,
          .notifier = env.notifier,
          .checkpoints = env.checkpoints,
          .checkpoint_writer = env.checkpoint_writer,
          .scratch = instead.scratch != nullptr ? *instead.scratch : env.scratch,
          .zones = env.zones,
          .copy_slots = env.copy_slots,
          .pool = env.pool,
          .cores = env.cores,
          .limits = env.limits,
          .home = env.home,
          .tracer = env.tracer,
          .claims = env.claims};
}

}  // namespace lakeferry::engine
