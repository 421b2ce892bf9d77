#include "tests/sim/world/sim_process.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <stop_token>

namespace lakeferry::sim {
namespace {

// An event loop whose coroutines can be destroyed while what they refer to is still there.
class MortalContext : public boost::asio::io_context {
 public:
  MortalContext() : io_context(1) {}
  void Destroy() { shutdown(); }
};

engine::Limits SmallLimits() {
  engine::Limits limits;
  limits.copies_in_flight_max = 3;
  limits.copy_buffer_bytes = 512;
  limits.resume_bytes_min = 600;  // of files up to 1,600, in parts as Simulation has them
  limits.manifest_part_bytes = 2'000;
  limits.carried_bytes = 0;
  limits.changed_files_max = 12;  // so that some changes go over as whole tables
  limits.folded_bytes = 5'000;    // and some are folded a share at a time
  limits.retry_delay_first = Millis(1'000);
  limits.retry_delay_max = Millis(20'000);
  return limits;
}

}  // namespace

struct SimProcess::Life {
  Life(SimProcess& self, SimRandom chance)
      : loop(std::make_unique<MortalContext>()),
        work(loop->get_executor()),
        clock(self.surroundings_.timeline, self.actor_.id, self.clock_offset_),
        random(chance),
        log(self.surroundings_.trace, self.surroundings_.timeline, self.actor_.name),
        state(&self.durable_, self.actor_, &self.gate_, self.surroundings_.observer),
        stores(self.surroundings_.find_store, StoreContext{.actor = self.actor_,
                                                           .gate = &self.gate_,
                                                           .observer = self.surroundings_.observer,
                                                           .past = self.surroundings_.past}),
        runs(self.surroundings_.ledger, &self.gate_),
        notifier(self.surroundings_.mailbox, self.actor_.name, &self.gate_),
        copy_slots(std::in_place, loop->get_executor(), SmallLimits().copies_in_flight_max),
        env{.region = "west",
            .clock = clock,
            .random = random,
            .log = log,
            .state = state,
            .stores = stores,
            .workflows = workflows,
            .notifier = notifier,
            .checkpoints = checkpoints,
            .checkpoint_writer = checkpoint_writer,
            .scratch = scratch,
            .zones = zones,
            .copy_slots = *copy_slots,
            .pool = loop->get_executor(),
            .cores = loop->get_executor(),
            .limits = SmallLimits(),
            .home = {.host = self.actor_.role == Role::kSender ? "west-1" : "east-1", .metadata_store = "m.db"}},
        replicator(std::in_place, loop->get_executor(), env, plan::DutiesOf(self.actor_.role, {self.spec_})) {}

  ~Life() {
    loop->Destroy();
    replicator.reset();
    copy_slots.reset();
  }

  std::unique_ptr<MortalContext> loop;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work;
  SimClock clock;
  SimRandom random;
  SimLog log;
  SimStateStore state;
  SimStoreFactory stores;
  SimWorkflowSource runs;
  OneWorkflowSource workflows{runs};
  SimNotifier notifier;
  LineCheckpointReader checkpoints;
  LineCheckpointWriter checkpoint_writer;
  MemoryScratch scratch;
  NoZones zones;
  std::optional<engine::CopySlots> copy_slots;
  engine::Environment env;
  std::optional<engine::Replicator> replicator;
  std::stop_source stop;
};

SimProcess::SimProcess(const Surroundings& surroundings, Actor actor, uint64_t seed, plan::GroupSpec spec)
    : surroundings_(surroundings),
      actor_(std::move(actor)),
      seed_(seed),
      spec_(std::move(spec)),
      gate_(surroundings.timeline, actor_.id, SimRandom::For(seed, "gate of " + actor_.name)) {}

SimProcess::~SimProcess() {
  if (alive()) Kill();
}

void SimProcess::Start() {
  ++lives_;
  started_ = surroundings_.timeline->now();
  drained_ = false;
  gate_.Revive();
  surroundings_.trace->Note(surroundings_.timeline->now(), actor_.name, fmt::format("starts, life {}", lives_));
  life_ = std::make_unique<Life>(*this, SimRandom::For(seed_, fmt::format("{} life {}", actor_.name, lives_)));
  auto ended = [this](std::exception_ptr escaped) {
    if (escaped) std::rethrow_exception(escaped);
    drained_ = true;
  };
  boost::asio::co_spawn(life_->loop->get_executor(), life_->replicator->Run(Call{.stop = life_->stop.get_token()}),
                        ended);
}

void SimProcess::Kill() {
  surroundings_.trace->Note(surroundings_.timeline->now(), actor_.name, drained_ ? "ends" : "dies");
  surroundings_.timeline->Drop(actor_.id);
  life_.reset();
}

void SimProcess::Drain() { life_->stop.request_stop(); }

bool SimProcess::PollOne() { return life_->loop->poll_one() > 0; }

void SimProcess::set_clock_offset(Millis offset) {
  clock_offset_ = offset;
  if (alive()) life_->clock.set_offset(offset);
}

}  // namespace lakeferry::sim
