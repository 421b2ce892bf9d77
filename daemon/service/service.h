// The daemon: one role, from a checked configuration to the end of the process. Blocks the calling thread, which
// becomes the engine thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <string>
#include <vector>

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "daemon/config/config.h"
#include "engine/environment.h"
#include "engine/run/replicator.h"
#include "plan/group/duty.h"

namespace lakeferry::service {

// What does the work, as the service drives it. All functions are called on the engine thread.
struct ServiceEngine {
  // One pass over every group; the errors of all that failed, as one.
  std::function<Task<Status>(Call)> run_once;
  // Passes over every group when they are due, until stopped.
  std::function<Task<void>(Call)> run;
  // Groups that are new, changed or gone; takes effect when a group is next due.
  std::function<void(std::vector<plan::Duty>)> reload;
  // A pass over each of the groups of these names, or over all where there is none, made by `run` and begun after this
  // call (engine::Replicator::SyncNow).
  std::function<Task<std::vector<engine::GroupOutcome>>(std::vector<std::string>, engine::Claim)> sync;
  // What a person wants of a group, on record when it is answered (engine::Replicator::Instruct).
  std::function<Task<Result<GroupRecord>>(Instruction)> instruct;
  // What it is doing.
  std::function<engine::ReplicatorSnapshot()> snapshot;
};

// Makes the engine, which runs on the executor, in an environment that outlives it.
using ServiceEngineFactory =
    std::function<ServiceEngine(boost::asio::any_io_executor, const engine::Environment&, std::vector<plan::Duty>)>;

struct ServiceRequest {
  std::string config_path;  // read again at SIGHUP
  Config config;
  Role role = Role::kSender;
  bool once = false;     // one pass, then the end
  bool verbose = false;  // the command line's -v, which outlives a reload
};

// While it works, other than with `once`, it answers commands over its control socket (daemon/control); where it cannot
// listen, the log says so, and it works all the same.
//
// Success after a drain that a signal asked for, and after one pass without an error. Errors: those of the metadata
// store and the mail configuration; kRefused when the configuration keeps this host from the role, or when another
// process has it; kInvalidArgument when this build can run none of the groups; with `once` the errors of the pass as
// one, kCancelled if a signal cut it short; kInternal if the engine ends by itself. A drain beyond its budget and a
// second signal end the process with status 1 instead.
[[nodiscard]] Status RunService(ServiceRequest request, const ServiceEngineFactory& make_engine);

}  // namespace lakeferry::service
