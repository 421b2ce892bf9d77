// Log replay: how many actions a second become a snapshot's list of live files. Lines are about 328 bytes, as Spark
// writes them for a table with four columns of statistics.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "delta/log_replay.h"

namespace {

using lakeferry::FromEpochMs;
using lakeferry::Version;
using lakeferry::delta::LogReplay;

constexpr std::string_view kHead =
    R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})"
    "\n"
    R"({"metaData":{"id":"0b4f7d1a-5f2c-4d2c-9a53-7a3a3a6a2f10","format":{"provider":"parquet","options":{}},)"
    R"("schemaString":"{\"type\":\"struct\",\"fields\":[]}","partitionColumns":[],"configuration":{},)"
    R"("createdTime":1700000000000}})"
    "\n";

std::string AddLine(int64_t number) {
  return fmt::format(
      R"({{"add":{{"path":"part-{:05}-4f1d9c52-6f0b-4b1e-8f6e-{:012x}-c000.snappy.parquet","partitionValues":{{}},)"
      R"("size":{},"modificationTime":1700000000000,"dataChange":true,"stats":"{{\"numRecords\":1000,)"
      R"(\"minValues\":{{\"id\":{},\"amount\":0.25}},\"maxValues\":{{\"id\":{},\"amount\":999.75}},)"
      R"(\"nullCount\":{{\"id\":0,\"amount\":0}}}}"}}}})"
      "\n",
      number % 100'000, number, 40'000 + number % 1'000, number * 1'000, number * 1'000 + 999);
}

std::string RemoveLine(int64_t number) {
  return fmt::format(
      R"({{"remove":{{"path":"part-{:05}-4f1d9c52-6f0b-4b1e-8f6e-{:012x}-c000.snappy.parquet",)"
      R"("deletionTimestamp":1700000000000,"dataChange":true,"extendedFileMetadata":true,"partitionValues":{{}},)"
      R"("size":{}}}}})"
      "\n",
      number % 100'000, number, 40'000 + number % 1'000);
}

[[noreturn]] void Fail(const lakeferry::Error& error) {
  std::fprintf(stderr, "%s\n", lakeferry::ToString(error).c_str());
  std::exit(1);
}

size_t Replay(const std::vector<std::string>& commits) {
  lakeferry::delta::FileTotals files;
  LogReplay replay(files, 1);
  for (size_t i = commits.size(); i > 0; --i) {
    const auto read = ReadActions(commits[i - 1], "bench", replay.BeginCommit("bench"));
    if (!read) Fail(read.error());
    replay.EndCommit();
  }
  const auto snapshot = std::move(replay).Finish(Version(static_cast<int64_t>(commits.size()) - 1), FromEpochMs(0));
  if (!snapshot) Fail(snapshot.error());
  return static_cast<size_t>(files.files);
}

// One commit of so many adds.
void ReplayOneCommit(benchmark::State& state) {
  std::string text(kHead);
  for (int64_t i = 0; i < state.range(0); ++i) text += AddLine(i);
  const std::vector<std::string> commits = {std::move(text)};
  for (auto iteration : state) {
    if (Replay(commits) != static_cast<size_t>(state.range(0))) std::abort();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(commits[0].size()));
}

// Commits of a hundred adds and, but for the first, fifty removes of the commit before.
void ReplayManyCommits(benchmark::State& state) {
  std::vector<std::string> commits;
  for (int64_t c = 0; c < state.range(0); ++c) {
    std::string text(c == 0 ? kHead : std::string_view());
    for (int64_t i = 0; i < 100; ++i) text += AddLine(c * 100 + i);
    for (int64_t i = 0; c > 0 && i < 50; ++i) text += RemoveLine((c - 1) * 100 + i);
    commits.push_back(std::move(text));
  }
  for (auto iteration : state) benchmark::DoNotOptimize(Replay(commits));
  state.SetItemsProcessed(state.iterations() * state.range(0) * 150);
}

}  // namespace

BENCHMARK(ReplayOneCommit)->Arg(1'000)->Arg(300'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(ReplayManyCommits)->Arg(10)->Arg(2'000)->Unit(benchmark::kMillisecond);
BENCHMARK_MAIN();
