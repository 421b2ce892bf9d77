// Environment: everything an engine step needs from the world, owned by the wiring and outliving every task.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "delta/checkpoint_reader.h"
#include "delta/checkpoint_writer.h"
#include "engine/semaphore.h"
#include "env/clock.h"
#include "env/logger.h"
#include "env/notifier.h"
#include "env/random.h"
#include "env/scratch.h"
#include "env/state_store.h"
#include "env/store_factory.h"
#include "env/workflow_source.h"
#include "plan/cron.h"

namespace lakeferry::engine {

// Limits, each with its unit.
struct Limits {
  int copies_in_flight_max = 8;  // files at once, over all groups of the process
  size_t copy_buffer_bytes = size_t{1} << 20;
  size_t manifest_part_bytes = size_t{8} << 20;  // a part of a manifest is closed at this size
  // Of the commits since a base: so much is kept of what file actions carry on (statistics, tags, partition values),
  // the rest in scratch. With more file actions than are counted here the table goes over whole.
  size_t carried_bytes = size_t{16} << 20;
  int64_t changed_files_max = 1'000'000;
  // So much of their file actions is folded at once (engine/action_shares.h): 1 KB each, and four times its name.
  size_t folded_bytes = size_t{48} << 20;
  Millis retry_delay_first{1'000};
  Millis retry_delay_max{60'000};
};

struct Environment {
  std::string region;  // the region this process stands in
  Clock& clock;
  Random& random;
  Logger& log;
  StateStore& state;
  StoreFactory& stores;
  WorkflowSource& workflows;
  Notifier& notifier;
  const delta::CheckpointReader& checkpoints;
  const delta::CheckpointWriter& checkpoint_writer;
  Scratch& scratch;
  const plan::ZoneSource& zones;
  Semaphore& copy_slots;  // Limits::copies_in_flight_max of them
  // Work that would hold up the engine thread: on `pool` what may wait for a device or a store, on `cores`, which has
  // no more threads than the machine has cores, what only computes. More would take turns, and the one whose work
  // comes next would have to wait for its own.
  boost::asio::any_io_executor pool;
  boost::asio::any_io_executor cores;
  Limits limits;
};

}  // namespace lakeferry::engine
