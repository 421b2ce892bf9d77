// StoreLogin: as whom a store is spoken to, by name: what directories of buckets and containers are asked with.
#pragma once

#include <optional>
#include <string>

#include "env/store_factory.h"

namespace lakeferry {

struct StoreLogin {
  std::string credential = {};          // of the configuration; empty: that of the location, or the service's default
  std::optional<Vending> vending = {};  // in place of it
  bool write = false;                   // whether what is handed out has to be good for writing as well
};

[[nodiscard]] inline StoreLogin LoginOf(const StoreRef& ref) {
  return {.credential = ref.credential, .vending = ref.vending, .write = MayWrite(ref.right)};
}

}  // namespace lakeferry
