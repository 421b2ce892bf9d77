// Wiring: the real things behind an engine::Environment, as the configuration wants it. Owns everything the environment
// refers to, the engine's io_context and the pools; lives on the thread that runs the engine.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "daemon/config/config.h"
#include "daemon/config/zones.h"
#include "daemon/wiring/configured_catalogs.h"
#include "daemon/wiring/configured_workflows.h"
#include "daemon/wiring/far_stores.h"
#include "daemon/wiring/notifiers.h"
#include "daemon/wiring/system_clock.h"
#include "engine/environment.h"
#include "engine/group/place_claims.h"
#include "parquet/arrow_checkpoint_reader.h"
#include "parquet/arrow_checkpoint_writer.h"
#include "parquet/arrow_row_file_writer.h"
#include "storage/file/file_store_factory.h"
#include "storage/file/scratch_folder.h"
#include "storage/store_registry.h"

namespace lakeferry {

// What a command does with the metadata store. One that looks creates nothing: where there is no store yet, it sees an
// empty one.
enum class StateUse { kWork, kLook };

class Wiring {
 public:
  // Opens, and to work with it creates where need be, the metadata store. `log` must outlive the wiring. Reads no
  // secret. Errors: those of the metadata store.
  static Result<std::unique_ptr<Wiring>> Make(const Config& config, Logger& log, StateUse use);
  // For commands that only look at tables: every call of the metadata store is refused, and mail goes nowhere.
  static std::unique_ptr<Wiring> WithoutState(Logger& log);
  ~Wiring();
  Wiring(const Wiring&) = delete;
  Wiring& operator=(const Wiring&) = delete;

  // What is known of object stores by trying.
  [[nodiscard]] FarStores& far_stores() { return far_stores_; }
  [[nodiscard]] const engine::Environment& env() const { return *env_; }
  // Who is told how epochs go, from the next engine on; outlives it.
  void UseTracer(Tracer* tracer) { env_->tracer = tracer; }
  // Data files of tables that this program makes.
  [[nodiscard]] const delta::RowFileWriter& row_files() const { return row_files_; }
  // How people are told.
  [[nodiscard]] Notifiers& notifiers() { return *notifiers_; }
  [[nodiscard]] boost::asio::io_context& engine() { return engine_; }
  // Of a configuration that was read again: where its groups' runs come from, and who knows their tables.
  void UseServices(const Config& config) {
    workflows_->Use(config);
    catalogs_->Use(config);
    far_stores_.UseCatalogs(*catalogs_);
  }

  // Runs the engine on this thread until `task` has ended.
  template <typename T>
  Result<T> Run(Task<Result<T>> task) {
    std::optional<Result<T>> answer;
    RunToEnd(Keep(std::move(task), answer));
    return *std::move(answer);
  }

 private:
  template <typename T>
  static Task<void> Keep(Task<Result<T>> task, std::optional<Result<T>>& answer) {
    Result<T> result = co_await std::move(task);
    answer.emplace(std::move(result));
  }
  void RunToEnd(Task<void> task);
  // A service's groups lie on several file systems, none of which may hold up another's. A command that looks at one
  // place has what it reads there parsed by the thread that has read it.
  enum class FileThreads { kOfEachMount, kOfThePool };
  Wiring(int pool_threads, FileThreads file_threads, engine::Limits limits,
         const std::filesystem::path& scratch_folder);
  void Wire(std::string region, engine::Limits limits, engine::Home home, Logger& log);
  Status OpenState(const Config& config, StateUse use);
  // Of groups that the configuration says nothing of, runs come from the metadata store's ledger.
  void MakeServices();
  void MakeNotifiers(const Config& config, Logger& log);

  engine::PlaceClaims claims_;  // outlives whoever works on the engine
  boost::asio::io_context engine_{1};
  boost::asio::thread_pool pool_;  // hashing, SQLite, Parquet, scratch
  // What only computes; absent where one command does one thing after another, so that one pool serves both.
  std::optional<boost::asio::thread_pool> cores_;
  boost::asio::thread_pool mail_pool_;  // a dead mail server holds up nothing else
  SystemClock clock_;
  SystemRandom random_;
  SystemZones zones_;
  parquet::ArrowCheckpointReader checkpoints_{{.threads_ahead = 1}};
  parquet::ArrowCheckpointWriter checkpoint_writer_;
  parquet::ArrowRowFileWriter row_files_;
  FileStoreFactory file_stores_;
  FarStores far_stores_;
  StoreRegistry stores_;
  ScratchFolder scratch_;
  engine::CopySlots copy_slots_;
  std::unique_ptr<StateStore> state_;
  std::unique_ptr<WorkflowSource> ledger_;
  std::unique_ptr<ConfiguredWorkflows> workflows_;
  std::unique_ptr<ConfiguredCatalogs> catalogs_;
  std::unique_ptr<Notifiers> notifiers_;
  std::unique_ptr<engine::Environment> env_;
};

}  // namespace lakeferry
