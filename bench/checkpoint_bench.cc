// A checkpoint of many files, written and read: files a second, CPU time and peak memory.
//
//     checkpoint_bench write FILE ADDS   makes FILE with our writer: names with random UUIDs, 200 bytes of statistics
//     checkpoint_bench read FILE [AHEAD] reads any checkpoint into a sink that counts, with so many threads ahead
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <string_view>

#include "parquet/arrow_checkpoint_reader.h"
#include "parquet/arrow_checkpoint_writer.h"

namespace {

namespace delta = lakeferry::delta;
using lakeferry::Result;
using lakeferry::Status;

[[noreturn]] void End(const lakeferry::Error& error) {
  fmt::print(stderr, "{}\n", lakeferry::ToString(error));
  std::exit(EXIT_FAILURE);
}

class File final : public lakeferry::RandomAccess {
 public:
  explicit File(const char* name) : fd_(::open(name, O_RDONLY | O_CLOEXEC)) {
    struct stat status{};
    if (fd_ < 0 || ::fstat(fd_, &status) != 0) End({.message = "cannot open the file", .where = name});
    size_bytes_ = status.st_size;
  }
  ~File() override { ::close(fd_); }

  [[nodiscard]] int64_t size_bytes() const override { return size_bytes_; }
  Result<size_t> ReadAt(int64_t offset, std::span<char> buffer) const override {
    size_t done = 0;
    while (done < buffer.size()) {
      const auto got = ::pread(fd_, buffer.data() + done, buffer.size() - done, offset + static_cast<int64_t>(done));
      if (got < 0) return lakeferry::Fail(lakeferry::ErrorCode::kUnavailable, "cannot read the file");
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }

 private:
  int fd_;
  int64_t size_bytes_ = 0;
};

class CountingSink final : public delta::ActionSink {
 public:
  Status OnAdd(delta::AddFile&& add) override {
    ++adds;
    text_bytes += add.path.size() + (add.stats ? add.stats->size() : 0);
    return {};
  }
  int64_t adds = 0;
  size_t text_bytes = 0;
};

delta::AddFile Add(std::mt19937_64& random, int64_t number) {
  const uint64_t high = random();
  const uint64_t low = random();
  delta::AddFile add;
  add.path = fmt::format("part-{:05}-{:08x}-{:04x}-{:04x}-{:04x}-{:012x}-c000.snappy.parquet", number % 100'000,
                         high >> 32U, high >> 16U & 0xffffU, high & 0xffffU, low >> 48U, low & 0xffffffffffffU);
  add.size = static_cast<int64_t>(40'000'000 + random() % 90'000'000);
  add.modification_time = 1'700'000'000'000 + number * 7;
  add.stats = fmt::format(
      R"({{"numRecords":{},"minValues":{{"id":{},"amount":{}.25,"day":"2024-02-{:02}"}},"maxValues":{{"id":{},)"
      R"("amount":{}.75,"day":"2024-03-{:02}"}},"nullCount":{{"id":0,"amount":{},"day":0}},"tightBounds":true}})",
      random() % 1'000'000, number * 1'000, random() % 1'000, 1 + number % 28, number * 1'000 + 999, random() % 100'000,
      1 + number % 31, random() % 500);
  return add;
}

Result<int64_t> Write(const char* name, int64_t adds) {
  const auto encoder = lakeferry::parquet::ArrowCheckpointWriter().Begin();
  std::ofstream file(name, std::ios::binary);
  std::mt19937_64 random(1);
  LF_TRY_OK(encoder->OnProtocol({}));
  LF_TRY_OK(encoder->OnMetadata({.id = "0b4f7d1a-5f2c-4d2c-9a53-7a3a3a6a2f10", .schema_string = "{}"}));
  for (int64_t number = 0; number < adds; ++number) {
    LF_TRY_OK(encoder->OnAdd(Add(random, number)));
    if (number % 1'000 == 0) file << encoder->TakeBytes();
  }
  LF_TRY(const auto summary, encoder->Finish());
  file << encoder->TakeBytes();
  if (!file.flush()) return lakeferry::Fail(lakeferry::ErrorCode::kOutOfSpace, "cannot write the file", name);
  return summary.adds;
}

Result<int64_t> Read(const char* name, int threads_ahead) {
  const File file(name);
  CountingSink sink;
  LF_TRY_OK(lakeferry::parquet::ArrowCheckpointReader({.threads_ahead = threads_ahead}).Read(file, name, sink));
  return sink.adds;
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void Report(const char* what, const std::function<Result<int64_t>()>& run) {
  const auto begin = std::chrono::steady_clock::now();
  const auto adds = run();
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (!adds) End(adds.error());
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const double user = Seconds(usage.ru_utime);
  const double system = Seconds(usage.ru_stime);
  fmt::print("{} {} adds: {:.2f} s, {:.2f} s of CPU ({:.2f} system), {:.0f} adds a CPU second, {} MiB at most\n", what,
             *adds, wall, user + system, system, static_cast<double>(*adds) / (user + system), usage.ru_maxrss >> 10);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "write" && argc == 4) {
    Report("wrote", [&] { return Write(argv[2], std::atoll(argv[3])); });
  } else if (mode == "read" && (argc == 3 || argc == 4)) {
    Report("read", [&] { return Read(argv[2], argc == 4 ? std::atoi(argv[3]) : 0); });
  } else {
    fmt::print(stderr, "usage: checkpoint_bench write FILE ADDS | read FILE [AHEAD]\n");
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
