// What a configuration can name, the process opens.
#include <gtest/gtest.h>

#include "daemon/wiring/log_sink.h"
#include "daemon/wiring/wiring.h"

namespace lakeferry {
namespace {

TEST(StoreWiring, EverySchemeIsOpened) {
  LogSink log({});
  const auto wiring = Wiring::WithoutState(log);
  for (const Scheme scheme : AllSchemes()) {
    const std::string place = scheme == Scheme::kFile ? "/nowhere/a" : IsAzure(scheme) ? "c@acct.net/a" : "bucket/a";
    const std::string uri = std::string(SchemeName(scheme)) + "://" + place;
    const auto store = wiring->env().stores.Open({.uri = uri, .right = StoreRight::kReadSource});
    EXPECT_TRUE(store.has_value()) << uri << (store ? "" : ToString(store.error()));
  }
}

}  // namespace
}  // namespace lakeferry
