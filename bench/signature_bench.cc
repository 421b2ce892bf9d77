// What a signature costs: that of a ranged GET with a token, as a copy sends thousands of, with the key of the day kept
// and with one that is derived each time.
#include <benchmark/benchmark.h>

#include "storage/aws/signature.h"

namespace lakeferry::aws {
namespace {

Credentials Example() {
  return {.access_key_id = "AKIDEXAMPLE",
          .secret_key = Secret(std::string("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")),
          .session_token = Secret(std::string(900, 't'))};
}

HttpRequest RangedGet() {
  return {.origin = {.tls = true, .host = "lake.s3.eu-west-1.amazonaws.com", .port = 443},
          .target = "/bronze/day%3D2026-11-20/part-00000-0c1e0b0e-5d2f-4d7e-9d51-4b1a7d3a2f10-c000.snappy.parquet",
          .headers = {{"Range", "bytes=16777216-33554431"}, {"If-Match", "\"0123456789abcdef\""}}};
}

void Sign(benchmark::State& state, Millis step) {
  Signer signer("eu-west-1", "s3");
  const Credentials credentials = Example();
  HttpRequest request = RangedGet();
  TimeMs now = FromEpochMs(1'700'000'000'000);
  for (auto _ : state) {
    signer.Sign(request, credentials, now, kUnsignedPayload);
    now += step;
    benchmark::DoNotOptimize(request);
  }
}

void KeyOfTheDay(benchmark::State& state) { Sign(state, Millis(1)); }
void KeyDerived(benchmark::State& state) { Sign(state, std::chrono::days(1)); }
BENCHMARK(KeyOfTheDay);
BENCHMARK(KeyDerived);

}  // namespace
}  // namespace lakeferry::aws
