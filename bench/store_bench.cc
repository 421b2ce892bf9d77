// store_bench: moves objects between stores as the engine does, with the clients, credentials and settings of a real
// process, and prints {"objects": …, "bytes": …, "seconds": …, "threads": […]}: CPU seconds of each of its threads.
//   store_bench copy FROM TO NAME COUNT SIZE STREAMS [GROUPS]   NAME0 … of SIZE bytes each, so many at once, by
//                                                        CopyObject; for so many groups (1), of equal shares
//   store_bench place FROM TO NAME COUNT STREAMS         as a receiver places what the store vouches for: looked at,
//                                                        its checksum taken from there, and copied by the store
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "async/task_group.h"
#include "daemon/wiring/log_sink.h"
#include "daemon/wiring/wiring.h"
#include "engine/copy/object_copy.h"

namespace lakeferry {
namespace {

struct Order {
  std::string mode;
  std::string from;
  std::string to;
  std::string name;
  size_t count = 0;
  int64_t size = 0;
  size_t streams = 1;
  size_t groups = 1;

  [[nodiscard]] Result<ObjectPath> Path(size_t number) const {
    return ObjectPath::Make(fmt::format("{}{}", name, number));
  }
};

struct Stores {
  std::shared_ptr<ObjectStore> from;
  std::shared_ptr<ObjectStore> to;
};

Task<Status> CopyOne(const engine::Environment& env, Stores stores, const Order& order, size_t number) {
  LF_CO_TRY(const ObjectPath path, order.Path(number));
  engine::Expected expected;
  expected.size = order.size;
  const engine::CopyMeans means = env.MeansOf(fmt::format("bench {}", number % order.groups));
  LF_CO_TRY(const engine::Copied copied,
            co_await engine::CopyObject({}, *stores.from, path, *stores.to, path, expected, means));
  if (copied.outcome == PutOutcome::kCreated) co_return Status();
  co_return Fail(ErrorCode::kInvalidArgument, "it is there already", path.text());
}

Task<Status> PlaceOne(Stores stores, const Order& order, size_t number) {
  LF_CO_TRY(const ObjectPath path, order.Path(number));
  LF_CO_TRY(const std::unique_ptr<OpenObject> object, co_await stores.from->Open({}, path));
  if (!object->info().checksums.crc64) {
    co_return Fail(ErrorCode::kInvalidArgument, "the store vouches for nothing", path.text());
  }
  LF_CO_TRY(const CopyOutcome outcome, co_await stores.to->CopyIfAbsent({}, object->address(), path));
  if (outcome == CopyOutcome::kCreated) co_return Status();
  co_return Fail(ErrorCode::kInvalidArgument, "it could not be placed", path.text());
}

// A far store is tried before the first write there, once a day: that is no part of the work, and done by then.
Task<Result<Stores>> OpenTried(const engine::Environment& env, const Order& order) {
  LF_CO_TRY(std::shared_ptr<ObjectStore> from, env.stores.Open({.uri = order.from, .right = StoreRight::kReadSource}));
  LF_CO_TRY(std::shared_ptr<ObjectStore> to, env.stores.Open({.uri = order.to, .right = StoreRight::kWriteTarget}));
  const Stores stores{.from = std::move(from), .to = std::move(to)};
  if (stores.to->traits().far) {
    LF_CO_TRY_OK(co_await stores.to->PutIfAbsent({}, ObjectPath::Of("_lakeferry_check"), "tried"));
  }
  co_return stores;
}

Task<Result<bool>> Do(const engine::Environment& env, Stores stores, const Order& order) {
  const Status done = co_await ParallelFor(order.count, order.streams, [&](size_t number) {
    return order.mode == "copy" ? CopyOne(env, stores, order, number) : PlaceOne(stores, order, number);
  });
  LF_CO_TRY_OK(done);
  co_return true;
}

// Of those that live, by what the kernel says of them (proc(5), "stat").
std::vector<double> CpuOfThreads() {
  constexpr int kFieldsBefore = 11;  // between the name, which ends with ")", and the time in user mode
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  std::vector<double> seconds;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(thread.path() / "stat");
    std::string text(std::istreambuf_iterator<char>(file), {});
    std::istringstream fields(text.substr(text.rfind(')') + 1));
    std::string skipped;
    for (int i = 0; i < kFieldsBefore; ++i) fields >> skipped;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    seconds.push_back((user + system) / ticks);
  }
  return seconds;
}

int Main(const Order& order) {
  LogSink log({.level = LogLevel::kWarning});
  const std::unique_ptr<Wiring> wiring = Wiring::WithoutState(log);
  const auto stores = wiring->Run(OpenTried(wiring->env(), order));
  const auto began = std::chrono::steady_clock::now();
  const auto done =
      stores ? wiring->Run(Do(wiring->env(), *stores, order)) : Result<bool>(std::unexpected(stores.error()));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (!done) {
    fmt::print(stderr, "{}\n", ToString(done.error()));
    return 1;
  }
  fmt::print("{{\"objects\": {}, \"bytes\": {}, \"seconds\": {}, \"threads\": {}}}\n", order.count,
             static_cast<int64_t>(order.count) * order.size, took.count(), CpuOfThreads());
  return 0;
}

template <typename Number>
bool Read(const std::string& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

bool Read(const std::vector<std::string>& words, Order& order) {
  if (words.empty()) return false;
  order.mode = words[0];
  const bool copies = order.mode == "copy";
  const bool with_groups = copies && words.size() == 8;
  if ((!copies && order.mode != "place") || words.size() != (copies ? 7 : 6) + (with_groups ? 1 : 0)) return false;
  order.from = words[1];
  order.to = words[2];
  order.name = words[3];
  if (with_groups && (!Read(words[7], order.groups) || order.groups == 0)) return false;
  return Read(words[4], order.count) && (!copies || Read(words[5], order.size)) &&
         Read(words[copies ? 6 : 5], order.streams);
}

}  // namespace
}  // namespace lakeferry

int main(int argc, char** argv) {
  lakeferry::Order order;
  if (!lakeferry::Read(std::vector<std::string>(argv + 1, argv + argc), order)) {
    fmt::print(stderr,
               "usage: store_bench copy FROM TO NAME COUNT SIZE STREAMS [GROUPS] | place FROM TO NAME COUNT STREAMS\n");
    return 2;
  }
  return lakeferry::Main(order);
}
