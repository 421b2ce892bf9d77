// StorePromises: what a store is relied on for: a vendor's own for all that its documentation promises, any other for
// what a probe has seen it do.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "async/call.h"
#include "async/task.h"
#include "storage/cloud/probed.h"
#include "storage/cloud/refreshing.h"

namespace lakeferry {

// What was found out about a bucket, once for all stores that write there.
using StoreProbe = Refreshing<Probed>;

// Used on the engine thread.
class StorePromises {
 public:
  // All of them, and nothing is tried.
  StorePromises() = default;
  // Those that `probe` finds to be kept; null: all.
  explicit StorePromises(std::shared_ptr<StoreProbe> probe) : probe_(std::move(probe)) {}

  // What holds, before anything is created or copied: kRefused where one writer can replace what another wrote; else
  // what keeps it from being tried. `where`: the store, for errors.
  Task<Result<Probed>> BeforeWriting(Call call, std::string where) const;
  // Whether it is known by this moment that the service compares checksums: whoever takes any that is said keeps, and
  // tells, wrong ones too.
  [[nodiscard]] bool Vouches() const;

 private:
  std::shared_ptr<StoreProbe> probe_;
};

}  // namespace lakeferry
