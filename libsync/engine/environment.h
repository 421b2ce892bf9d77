// Environment: everything an engine step needs from the world, owned by the wiring and outliving every task.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "delta/checkpoint_reader.h"
#include "delta/checkpoint_writer.h"
#include "engine/copy/copy_means.h"
#include "engine/limits.h"
#include "env/clock.h"
#include "env/logger.h"
#include "env/notifier.h"
#include "env/random.h"
#include "env/scratch.h"
#include "env/sql_warehouse.h"
#include "env/state_store.h"
#include "env/store_factory.h"
#include "env/table_catalog.h"
#include "env/tracer.h"
#include "env/workflow_source.h"
#include "plan/group/cron.h"

namespace lakeferry::engine {

// Whose work this process does, as the owner's mark in staging says it to people and to other processes.
struct Home {
  std::string host;            // empty: a process that leaves no mark, as one that only asks
  std::string metadata_store;  // where it lies on that host
};

class PlaceClaims;

struct Environment {
  std::string region;  // the region this process stands in
  Clock& clock;
  Random& random;
  Logger& log;
  StateStore& state;
  StoreFactory& stores;
  WorkflowSources& workflows;
  Notifier& notifier;
  const delta::CheckpointReader& checkpoints;
  const delta::CheckpointWriter& checkpoint_writer;
  Scratch& scratch;
  const plan::ZoneSource& zones;
  CopySlots& copy_slots;
  // Work that would hold up the engine thread: on `pool` what may wait for a device or a store, on `cores`, which has
  // no more threads than the machine has cores, what only computes. More would take turns, and the one whose work
  // comes next would have to wait for its own.
  boost::asio::any_io_executor pool;
  boost::asio::any_io_executor cores;
  Limits limits;
  Home home = {};
  TableCatalogs* catalogs = nullptr;    // null: no group has one
  Tracer* tracer = nullptr;             // null: nobody wants to know
  SqlWarehouses* warehouses = nullptr;  // null: no group is cloned
  PlaceClaims* claims = nullptr;        // null: no other group writes in this process

  // What a copy for that group is made with.
  [[nodiscard]] CopyMeans MeansOf(std::string group) const {
    return {.slots = copy_slots,
            .clock = clock,
            .group = std::move(group),
            .buffer_bytes = limits.copy_buffer_bytes,
            .resume_bytes_min = limits.resume_bytes_min};
  }
  // The call as a source of runs gets it, or a catalog, which is not waited for for ever.
  [[nodiscard]] Call ForRuns(const Call& call) const {
    return call.Within(clock.Monotonic(), limits.runs_answer_within);
  }
};

}  // namespace lakeferry::engine
