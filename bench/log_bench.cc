// log_bench TABLE_URI: loads the newest snapshot of a table as the engine does, and prints
// {"files": …, "bytes": …, "seconds": …}. What `lakeferry log` adds to it (sorting, statistics, JSON) stays out.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "daemon/log_sink.h"
#include "daemon/wiring.h"
#include "engine/table_log.h"

namespace lakeferry {
namespace {

Task<Result<delta::Snapshot>> Load(const engine::Environment& env, std::string uri) {
  LF_CO_TRY(std::shared_ptr<ObjectStore> store, env.stores.Open(uri));
  const engine::TableLog log(std::move(store), env);
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListAll());
  LF_CO_TRY(delta::Snapshot snapshot, co_await log.Load(listing, std::nullopt));
  co_return snapshot;
}

int Main(const std::string& uri) {
  LogSink log({.level = LogLevel::kWarning});
  const std::unique_ptr<World> world = World::WithoutState(log);
  const auto began = std::chrono::steady_clock::now();
  const auto snapshot = world->Run(Load(world->env(), uri));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (!snapshot) {
    fmt::print(stderr, "{}\n", ToString(snapshot.error()));
    return 1;
  }
  fmt::print("{{\"files\": {}, \"bytes\": {}, \"seconds\": {}}}\n", snapshot->files.size(),
             snapshot->files.TotalBytes(), took.count());
  return 0;
}

}  // namespace
}  // namespace lakeferry

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: log_bench TABLE_URI\n");
    return 2;
  }
  return lakeferry::Main(argv[1]);
}
