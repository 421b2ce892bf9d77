#include "daemon/wiring/wiring.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <filesystem>
#include <system_error>
#include <thread>

#include "base/check.h"
#include "state/sqlite_state_store.h"
#include "workflow/ledger_source.h"

namespace lakeferry {
namespace {

constexpr int kPoolThreadsMin = 4;
constexpr int kPoolThreadsMax = 32;
constexpr int kMailThreads = 2;

// At least two, so that one call that waits does not hold up another.
int Cores() { return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 2, kPoolThreadsMax); }

// "?" where the system has none: a mark is made all the same.
std::string HostName() {
  std::array<char, 256> name{};
  const bool known = ::gethostname(name.data(), name.size() - 1) == 0 && name.front() != '\0';
  return known ? name.data() : "?";
}

// Stands where a command has no metadata store.
class NoStateStore final : public StateStore {
 public:
  Task<Status> Save(Call, StateChange) override { co_return Refuse(); }
  Task<Result<std::optional<GroupRecord>>> Group(Call, Role, std::string) override { co_return Refuse(); }
  Task<Result<std::vector<GroupRecord>>> Groups(Call) override { co_return Refuse(); }
  Task<Result<std::vector<EpochRecord>>> Epochs(Call, Role, std::string, int64_t) override { co_return Refuse(); }
  Task<Result<std::vector<LiveSetCheck>>> LiveSetChecks(Call, Role, std::optional<std::string>) override {
    co_return Refuse();
  }
  Task<Result<std::string>> Journal(Call, std::string) override { co_return Refuse(); }
  Task<Result<std::vector<Run>>> Runs(Call, std::string, TimeMs) override { co_return Refuse(); }
  Task<Result<std::vector<RunRemoval>>> RemovedRuns(Call, std::string) override { co_return Refuse(); }
  Task<Result<std::vector<Instruction>>> Instructions(Call, Role, std::string, int64_t) override { co_return Refuse(); }
  Task<Result<std::vector<Notice>>> Notices(Call) override { co_return Refuse(); }

 private:
  static std::unexpected<Error> Refuse() {
    return Fail(ErrorCode::kInternal, "this command has no metadata store", {}, "report this as a bug");
  }
};

}  // namespace

Wiring::Wiring(int pool_threads, FileThreads file_threads, engine::Limits limits,
               const std::filesystem::path& scratch_folder)
    : pool_(static_cast<size_t>(pool_threads)),
      mail_pool_(kMailThreads),
      file_stores_(file_threads == FileThreads::kOfThePool ? FileStoreFactory(pool_.get_executor())
                                                           : FileStoreFactory(static_cast<size_t>(pool_threads))),
      far_stores_(engine_.get_executor(), pool_.get_executor(), clock_, random_),
      scratch_(scratch_folder.string()),
      copy_slots_(engine_.get_executor(), limits.copies_in_flight_max) {
  stores_.Add(Scheme::kFile, &file_stores_);
  far_stores_.AddTo(stores_);
}

Wiring::~Wiring() {
  // Nothing may come back from a pool or a socket to an engine that is going away.
  far_stores_.Stop();
  pool_.stop();
  if (cores_) cores_->stop();
  mail_pool_.stop();
  file_stores_.Stop();
  pool_.join();
  if (cores_) cores_->join();
  mail_pool_.join();
}

void Wiring::RunToEnd(Task<void> task) {
  bool ended = false;
  boost::asio::co_spawn(engine_, std::move(task), [&ended](std::exception_ptr failure) {
    LF_CHECK(!failure, "an exception left a coroutine");
    ended = true;
  });
  engine_.restart();
  while (!ended && engine_.run_one() > 0) continue;
  LF_CHECK(ended, "the engine ran out of work before its task ended");
}

void Wiring::Wire(std::string region, engine::Limits limits, engine::Home home, Logger& log) {
  env_ = std::make_unique<engine::Environment>(engine::Environment{
      .region = std::move(region),
      .clock = clock_,
      .random = random_,
      .log = log,
      .state = *state_,
      .stores = stores_,
      .workflows = *workflows_,
      .notifier = *notifiers_,
      .checkpoints = checkpoints_,
      .checkpoint_writer = checkpoint_writer_,
      .scratch = scratch_,
      .zones = zones_,
      .copy_slots = copy_slots_,
      .pool = pool_.get_executor(),
      .cores = cores_ ? cores_->get_executor() : pool_.get_executor(),
      .limits = limits,
      .home = std::move(home),
      .catalogs = catalogs_.get(),
      .warehouses = catalogs_.get(),
      .claims = &claims_,
  });
}

// No secret is read here: a command that sends no mail needs none.
void Wiring::MakeNotifiers(const Config& config, Logger& log) {
  notifiers_ = std::make_unique<Notifiers>(config, NotifierParts{.pool = mail_pool_.get_executor(),
                                                                 .http = far_stores_.http(),
                                                                 .clock = clock_,
                                                                 .random = random_,
                                                                 .log = log,
                                                                 .state = *state_});
}

void Wiring::MakeServices() {
  ledger_ = std::make_unique<LedgerSource>(state_.get());
  const LoginParts login{.engine = engine_.get_executor(),
                         .http = far_stores_.http(),
                         .metadata = far_stores_.metadata(),
                         .host = far_stores_.host(),
                         .clock = clock_};
  workflows_ = std::make_unique<ConfiguredWorkflows>(
      WorkflowParts{.login = login, .clock = clock_, .random = random_, .pool = pool_.get_executor()}, *ledger_);
  catalogs_ = std::make_unique<ConfiguredCatalogs>(CatalogParts{.login = login, .clock = clock_, .random = random_});
}

Status Wiring::OpenState(const Config& config, StateUse use) {
  std::error_code error;
  if (use == StateUse::kLook && !std::filesystem::exists(config.metadata_store, error) && !error) {
    LF_TRY(state_, SqliteStateStore::OpenInMemory(pool_.get_executor()));
    return {};
  }
  LF_TRY(state_, SqliteStateStore::Open(config.metadata_store, pool_.get_executor()));
  return {};
}

Result<std::unique_ptr<Wiring>> Wiring::Make(const Config& config, Logger& log, StateUse use) {
  const int threads = std::clamp(config.limits.copies_in_flight_max + 2, kPoolThreadsMin, kPoolThreadsMax);
  // Beside the metadata store: local, ours, and with room, as temporary folders in memory are not.
  const std::filesystem::path folder = std::filesystem::path(config.metadata_store).parent_path();
  std::unique_ptr<Wiring> wiring(new Wiring(threads, FileThreads::kOfEachMount, config.limits, folder));
  wiring->cores_.emplace(static_cast<size_t>(Cores()));
  LF_TRY_OK(wiring->copy_slots_.bandwidth().Use(config.limits.bandwidth, wiring->zones_));
  wiring->far_stores_.Use(config.stores, config.metadata_store);
  LF_TRY_OK(wiring->OpenState(config, use));
  wiring->MakeServices();
  wiring->UseServices(config);
  wiring->MakeNotifiers(config, log);
  wiring->Wire(config.region, config.limits, {.host = HostName(), .metadata_store = config.metadata_store}, log);
  return wiring;
}

std::unique_ptr<Wiring> Wiring::WithoutState(Logger& log) {
  const engine::Limits limits;
  std::error_code no_folder;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(no_folder);
  std::unique_ptr<Wiring> wiring(new Wiring(Cores(), FileThreads::kOfThePool, limits, folder));
  wiring->state_ = std::make_unique<NoStateStore>();
  wiring->MakeServices();
  wiring->MakeNotifiers({}, log);
  wiring->Wire({}, limits, {}, log);
  return wiring;
}

}  // namespace lakeferry
