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

// What a range of seeds came to.
struct Sum {
  int64_t failures = 0;
  int64_t events = 0;
  int64_t writes = 0;
  int64_t epochs = 0;
  int64_t refused = 0;
  int64_t unatomic = 0;
  int64_t deaths = 0;
  int64_t staged_objects = 0;
  int64_t kept = 0;
  int64_t beside = 0;
  int64_t mails = 0;

  void Add(const Outcome& outcome) {
    events += outcome.events;
    writes += outcome.sender_writes + outcome.receiver_writes;
    epochs += outcome.epochs;
    refused += outcome.refused;
    unatomic += outcome.unatomic;
    deaths += outcome.deaths;
    staged_objects += outcome.staged_objects;
    kept += outcome.kept_leftovers;
    beside += outcome.put_beside;
    mails += outcome.mails;
  }
  void Print(const Options& options) const {
    std::printf("%lu seeds from %lu: %ld failed\n", options.count, options.from, failures);
    std::printf("%ld events, %ld writes, %ld deaths, %ld epochs (%ld refused, %ld forced), ", events, writes, deaths,
                epochs, refused, unatomic);
    std::printf("%ld objects staged, %ld leftovers kept, %ld put beside one, %ld mails\n", staged_objects, kept, beside,
                mails);
  }
};

int RunRange(const Options& options) {
  int worst = 0;
  Sum sum;
  for (uint64_t seed = options.from; seed < options.from + options.count; ++seed) {
    const Outcome outcome = Simulation(RandomScenario(seed), false).Run();
    sum.Add(outcome);
    int code = ExitCode(outcome);
    if (code == 0 && options.twice && Simulation(RandomScenario(seed), false).Run().trace != outcome.trace) code = 5;
    if (code == 0) continue;
    ++sum.failures;
    worst = worst == 0 ? code : worst;
    std::printf("seed %lu: exit %d: %s\n  replay: sim_main --seed %lu --verbose\n", seed, code,
                Describe(outcome).c_str(), seed);
    std::fflush(stdout);
    if (!options.keep_going) break;
  }
  sum.Print(options);
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
