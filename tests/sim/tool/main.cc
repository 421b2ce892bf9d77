// sim_main: runs the simulator from the command line: one seed with every event shown, or a range of them, each twice.
// Exit code: 0 all good, 3 a rule was broken, 4 a replica did not get there, 5 two runs of one seed differ.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "tests/sim/world/simulation.h"

namespace {

using lakeferry::sim::Describe;
using lakeferry::sim::Outcome;
using lakeferry::sim::RandomScenario;
using lakeferry::sim::Simulation;

struct Options {
  uint64_t seed = 0;
  uint64_t from = 1;
  uint64_t count = 100;
  bool verbose = false;
  bool twice = true;
  bool keep_going = false;
};

int ExitCode(const Outcome& outcome) {
  if (outcome.violation) return 3;
  return outcome.stuck.empty() ? 0 : 4;
}

int RunOne(uint64_t seed, bool verbose) {
  const auto scenario = RandomScenario(seed);
  std::printf("seed %lu: %s\n", seed, Describe(scenario).c_str());
  const Outcome outcome = Simulation(scenario, verbose).Run();
  std::printf("seed %lu: %s\n", seed, Describe(outcome).c_str());
  return ExitCode(outcome);
}

int RunRange(const Options& options) {
  int worst = 0;
  int64_t events = 0;
  int64_t epochs = 0;
  int64_t failures = 0;
  for (uint64_t seed = options.from; seed < options.from + options.count; ++seed) {
    const Outcome outcome = Simulation(RandomScenario(seed), false).Run();
    events += outcome.events;
    epochs += outcome.epochs;
    int code = ExitCode(outcome);
    if (code == 0 && options.twice && Simulation(RandomScenario(seed), false).Run().trace != outcome.trace) code = 5;
    if (code == 0) continue;
    ++failures;
    worst = worst == 0 ? code : worst;
    std::printf("seed %lu: exit %d: %s\n  replay: sim_main --seed %lu --verbose\n", seed, code,
                Describe(outcome).c_str(), seed);
    std::fflush(stdout);
    if (!options.keep_going) break;
  }
  std::printf("%lu seeds from %lu: %ld failed, %ld events, %ld epochs\n", options.count, options.from, failures, events,
              epochs);
  return worst;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Simulates sender and receiver under faults");
  app.add_option("--seed", options.seed, "run this seed alone");
  app.add_option("--from", options.from, "first seed of a range");
  app.add_option("--count", options.count, "how many seeds");
  app.add_flag("--verbose", options.verbose, "show every event of --seed");
  app.add_flag("--twice,!--once", options.twice, "run each seed twice and compare the traces");
  app.add_flag("--keep-going", options.keep_going, "do not end with the first failure");
  CLI11_PARSE(app, argc, argv);
  if (options.seed != 0) return RunOne(options.seed, options.verbose);
  return RunRange(options);
}
