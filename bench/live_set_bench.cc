// What a file costs that a table's live set takes in or gives up: as many on a set of ten million as on an empty one.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "delta/live_set.h"

namespace {

using lakeferry::delta::LiveSet;

std::vector<std::string> Paths() {
  std::vector<std::string> paths;
  for (int i = 0; i < 1'000; ++i) {
    paths.push_back(fmt::format("day=2026-11-{:02}/part-{:05}-4f1d9c52-6f0b-4b1e-8f6e-{:012x}-c000.snappy.parquet",
                                1 + i % 28, i, i * 7'919));
  }
  return paths;
}

void AddAndRemove(benchmark::State& state, const std::optional<lakeferry::delta::DeletionVector>& vector) {
  const std::vector<std::string> paths = Paths();
  LiveSet set;
  for (auto iteration : state) {
    for (const std::string& path : paths) {
      if (!set.Add(path, vector, 40'000)) std::abort();
    }
    for (const std::string& path : paths) {
      if (!set.Remove(path, vector, 40'000)) std::abort();
    }
  }
  if (set != LiveSet()) std::abort();
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(paths.size()) * 2);
}

void Files(benchmark::State& state) { AddAndRemove(state, std::nullopt); }
void FilesWithVectors(benchmark::State& state) {
  AddAndRemove(state, lakeferry::delta::DeletionVector{.storage_type = "u",
                                                       .path_or_inline_dv = "ab^-aqEH.-t@S}K{vb[*k^",
                                                       .offset = 1,
                                                       .size_in_bytes = 40,
                                                       .cardinality = 2});
}

}  // namespace

BENCHMARK(Files)->Unit(benchmark::kMicrosecond);
BENCHMARK(FilesWithVectors)->Unit(benchmark::kMicrosecond);
BENCHMARK_MAIN();
