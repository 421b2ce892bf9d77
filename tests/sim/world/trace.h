// Trace: everything that happened in a simulation, as one digest; two runs of one seed must have the same.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/crc64.h"
#include "base/time.h"

namespace lakeferry::sim {

class Trace {
 public:
  explicit Trace(bool print) : print_(print) {}

  void Note(TimeMs at, std::string_view who, std::string_view what) {
    const int64_t ms = ToEpochMs(at);
    crc_.Update(std::span(reinterpret_cast<const char*>(&ms), sizeof ms));
    crc_.Update(who);
    crc_.Update(what);
    ++events_;
    if (!print_) return;
    std::printf("%s %-10.*s %.*s\n", FormatUtc(at).c_str(), static_cast<int>(who.size()), who.data(),
                static_cast<int>(what.size()), what.data());
  }
  [[nodiscard]] bool print() const { return print_; }
  [[nodiscard]] uint64_t digest() const { return crc_.value(); }
  [[nodiscard]] int64_t events() const { return events_; }

 private:
  bool print_;
  Crc64 crc_;
  int64_t events_ = 0;
};

}  // namespace lakeferry::sim
