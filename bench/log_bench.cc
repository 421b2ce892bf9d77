// log_bench [--list | --state | --checkpoint] TABLE_URI: replays the newest version of a table as the engine does, and
// prints {"files": …, "bytes": …, "seconds": …}. With --list the path and size of every live file are in memory at the
// end; without, they are handed on one by one, as to the engine's own steps. With --state no files are asked for, only
// the rest of the table's state. With --checkpoint it writes the checkpoint of the newest version, if it is due, as the
// receiver does for a clone, and prints {"seconds": …}.
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "daemon/wiring/log_sink.h"
#include "daemon/wiring/wiring.h"
#include "engine/apply/checkpoint_keeper.h"
#include "engine/log/table_log.h"

namespace lakeferry {
namespace {

// Paths in a few long texts, so that the list costs what it says and no more.
class FileList final : public delta::FileSink {
 public:
  explicit FileList(bool keep, bool wants_files = true) : keep_(keep), wants_files_(wants_files) {}
  [[nodiscard]] bool wants_files() const override { return wants_files_; }
  Status OnLive(delta::AddFile&& add) override {
    if (keep_) {
      if (texts_.empty() || texts_.back().size() + add.path.size() > kTextBytes)
        texts_.emplace_back().reserve(kTextBytes);
      texts_.back() += add.path;
      files_.push_back({.path_bytes = static_cast<uint32_t>(add.path.size()), .size = add.size});
    }
    return totals_.OnLive(std::move(add));
  }
  void Restart() override {
    totals_ = {};
    texts_.clear();
    files_.clear();
  }
  [[nodiscard]] const delta::FileTotals& totals() const { return totals_; }

 private:
  static constexpr size_t kTextBytes = size_t{1} << 20;
  struct File {
    uint32_t path_bytes;  // of the texts, one after another
    int64_t size;
  };

  bool keep_;
  bool wants_files_;
  delta::FileTotals totals_;
  std::deque<std::string> texts_;
  std::deque<File> files_;
};

Task<Result<delta::Snapshot>> Load(const engine::Environment& env, std::string uri, FileList& files) {
  LF_CO_TRY(std::shared_ptr<ObjectStore> store, env.stores.Open({.uri = uri, .right = StoreRight::kReadSource}));
  const engine::TableLog log(std::move(store), env);
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListAll({}));
  LF_CO_TRY(delta::Snapshot snapshot, co_await log.Load({}, listing, std::nullopt, files));
  co_return snapshot;
}

Task<Result<bool>> Keep(const engine::Environment& env, std::string uri) {
  LF_CO_TRY(std::shared_ptr<ObjectStore> store, env.stores.Open({.uri = uri, .right = StoreRight::kWriteTarget}));
  LF_CO_TRY(const delta::LogListing listing, co_await engine::TableLog(store, env).ListAll({}));
  LF_CO_TRY(const auto newest, delta::NewestVersion(listing));
  if (!newest) co_return Fail(ErrorCode::kNotFound, "the log has no complete version", uri);
  engine::CheckpointKeeper keeper(env);
  co_await keeper.Keep({}, "bench", std::move(store), *newest);
  co_return true;
}

int WriteCheckpoint(const std::string& uri) {
  LogSink log({.level = LogLevel::kInfo});
  const std::unique_ptr<Wiring> wiring = Wiring::WithoutState(log);
  const auto began = std::chrono::steady_clock::now();
  const auto kept = wiring->Run(Keep(wiring->env(), uri));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (!kept) {
    fmt::print(stderr, "{}\n", ToString(kept.error()));
    return 1;
  }
  fmt::print("{{\"seconds\": {}}}\n", took.count());
  return 0;
}

int Main(const std::string& uri, FileList files) {
  LogSink log({.level = LogLevel::kWarning});
  const std::unique_ptr<Wiring> wiring = Wiring::WithoutState(log);
  const auto began = std::chrono::steady_clock::now();
  const auto snapshot = wiring->Run(Load(wiring->env(), uri, files));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (!snapshot) {
    fmt::print(stderr, "{}\n", ToString(snapshot.error()));
    return 1;
  }
  fmt::print("{{\"files\": {}, \"bytes\": {}, \"seconds\": {}}}\n", files.totals().files, files.totals().bytes,
             took.count());
  return 0;
}

}  // namespace
}  // namespace lakeferry

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::string mode = arguments.size() == 2 ? arguments[0] : "";
  const bool known = mode == "--list" || mode == "--state" || mode == "--checkpoint";
  if (arguments.empty() || arguments.size() > 2 || (arguments.size() == 2 && !known)) {
    fmt::print(stderr, "usage: log_bench [--list | --state | --checkpoint] TABLE_URI\n");
    return 2;
  }
  if (mode == "--checkpoint") return lakeferry::WriteCheckpoint(arguments.back());
  return lakeferry::Main(arguments.back(), lakeferry::FileList(mode == "--list", mode != "--state"));
}
