// What the configuration takes for built, the process opens, and nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/wiring/log_sink.h"
#include "daemon/wiring/wiring.h"
#include "storage/built_schemes.h"

namespace lakeferry {
namespace {

TEST(StoreWiring, EverySchemeThatIsCalledBuiltIsOpenedAndNoOther) {
  LogSink log({});
  const auto wiring = Wiring::WithoutState(log);
  for (const Scheme scheme : AllSchemes()) {
    const bool has_account = scheme == Scheme::kAbfss || scheme == Scheme::kWasbs;
    const std::string place = scheme == Scheme::kFile ? "/nowhere/a" : has_account ? "c@acct.net/a" : "bucket/a";
    const std::string uri = std::string(SchemeName(scheme)) + "://" + place;
    const auto store = wiring->env().stores.Open({.uri = uri, .right = StoreRight::kReadSource});
    EXPECT_EQ(store.has_value(), IsBuilt(scheme)) << uri;
    if (store) continue;
    EXPECT_THAT(store.error().message, testing::HasSubstr("not built into this version")) << uri;
    EXPECT_THAT(store.error().remedy, testing::HasSubstr("knows: " + SchemeList(kBuiltSchemes))) << uri;
  }
}

}  // namespace
}  // namespace lakeferry
