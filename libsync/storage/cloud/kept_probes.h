// KeptProbes: one probe for whoever comes to a bucket, and what it found for whoever comes within a day: what a service
// does is the same for all.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "env/clock.h"
#include "env/store_factory.h"
#include "storage/cloud/probe_book.h"
#include "storage/cloud/store_promises.h"

namespace lakeferry {

// Used on the engine thread. What it is given outlives it, and it outlives whoever waits for a probe.
class KeptProbes {
 public:
  using Ask = std::function<Task<Result<Probed>>(Call call)>;

  KeptProbes(boost::asio::any_io_executor engine, ProbeBook& book, const Clock& clock)
      : engine_(std::move(engine)), book_(book), clock_(clock) {}

  // That of `place`, which ProbeBook calls so; `ask` tries the place for whoever has `right`, and is called when that
  // is needed: that of one who may write, once one has come. A place that is found not to be safe may be put right at
  // any time: that is not kept beyond this process.
  [[nodiscard]] std::shared_ptr<StoreProbe> Of(const std::string& place, StoreRight right, Ask ask);

 private:
  struct Entry {
    std::shared_ptr<StoreProbe> probe;
    Ask ask;
  };
  Task<Result<Probed>> Try(Call call, std::string place);

  const boost::asio::any_io_executor engine_;
  ProbeBook& book_;
  const Clock& clock_;
  std::map<std::string, Entry> entries_;  // by place
};

}  // namespace lakeferry
