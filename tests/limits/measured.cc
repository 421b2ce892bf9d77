#include "tests/limits/measured.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <sstream>

#include "tests/support/child_process.h"

namespace lakeferry {
namespace {

// A value of /proc/self/status in KiB.
int64_t StatusKib(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key + ":")) return std::stoll(line.substr(key.size() + 1));
  }
  return -1;
}

// From here on the peak counts anew.
void ResetPeak() { std::ofstream("/proc/self/clear_refs") << "5"; }

std::string MeasureHere(const std::function<std::string()>& make, const std::function<Status(std::string)>& read) {
  std::string input = make();
  ResetPeak();
  const int64_t before = StatusKib("VmRSS");
  const auto begin = std::chrono::steady_clock::now();
  const Status status = read(std::move(input));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::ostringstream out;
  out << !status.has_value() << ' ' << (StatusKib("VmHWM") - before) / 1024 << ' ' << took.count() << ' '
      << (status ? "" : ToString(status.error()).substr(0, 1000));
  return out.str();
}

}  // namespace

Measured Measure(const std::function<std::string()>& make, const std::function<Status(std::string)>& read) {
  std::array<int, 2> ends{};
  LF_CHECK(::pipe(ends.data()) == 0, "a pipe can be made");
  ChildProcess child([&] {
    const std::string text = MeasureHere(make, read);
    return ::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1;
  });
  ::close(ends[1]);
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = ::read(ends[0], buffer.data(), buffer.size())) > 0;) text.append(buffer.data(), got);
  ::close(ends[0]);
  Measured measured{.ended = child.Wait() == 0};
  std::istringstream in(text);
  in >> measured.refused >> measured.peak_mib >> measured.seconds;
  std::getline(in >> std::ws, measured.error);
  return measured;
}

}  // namespace lakeferry
