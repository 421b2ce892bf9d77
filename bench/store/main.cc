// An S3 server that keeps objects in memory and checks signatures and checksums, for measuring clients: faster than
// they are. README.md says what it does as AWS does it, and what it does not do.
#include <fmt/format.h>
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include "bench/store/server.h"

namespace {

std::string Variable(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

}  // namespace

int main(int count, char** words) {
  using namespace lakeferry;
  bench::ServerOptions server_options;
  int64_t delay_ms = 0;
  bench::StoreOptions store_options{.keys = {.id = Variable("AWS_ACCESS_KEY_ID", "AKIALAKEFERRYBENCH00"),
                                             .secret = Variable("AWS_SECRET_ACCESS_KEY", "of/nothing+else"),
                                             .region = Variable("AWS_REGION", "us-east-1")}};
  CLI::App app(
      "An S3 store in memory, on loopback. The key it knows is that of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY "
      "and AWS_REGION. Prints its port; ends on SIGTERM.");
  app.add_option("--port", server_options.port, "0: a free one");
  app.add_option("--threads", server_options.threads);
  app.add_option("--certificate", server_options.certificate, "PEM; with it TLS alone is spoken");
  app.add_option("--key", server_options.key, "of the certificate");
  app.add_option("--delay-ms", delay_ms, "of every answer");
  app.add_option("--drop", store_options.drop, "what is put under keys that begin so is summed and not kept");
  CLI11_PARSE(app, count, words);
  store_options.delay = Millis(delay_ms);
  // What one object gave back serves the next one: fresh memory is dear.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  bench::Store store(std::move(store_options));
  bench::Server server(std::move(server_options), store);
  if (const Status listening = server.Listen(); !listening) {
    fmt::print(stderr, "{}\n", ToString(listening.error()));
    return 1;
  }
  fmt::print("{}\n", server.port());
  std::fflush(stdout);
  server.Run();
  return 0;
}
