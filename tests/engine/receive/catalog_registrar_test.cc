// What keeps a replica from being registered.
#include "engine/receive/catalog_registrar.h"

#include "tests/engine/catalog_double.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::HasSubstr;

class CatalogRegistrarTest : public ::testing::Test {
 protected:
  CatalogRegistrarTest() {
    world_.FirstEpoch();
    world_.east.catalogs = &catalogs_;
    world_.spec.register_tables = true;
    world_.spec.tables.Edit()[0].unregistered = true;
  }
  Result<std::string> Register(Call call = {}) {
    return world_.Run(RegisterReplicas(std::move(call), world_.east, world_.spec, ""));
  }

  World world_;
  CatalogsDouble catalogs_;
};

TEST_F(CatalogRegistrarTest, AStoreThatCannotBeReadIsWhyItIsNot) {
  world_.target("t").set_hooks({.before_effect = [](std::string, StoreOperation, ObjectPath) -> Task<Status> {
    co_return Fail(ErrorCode::kUnavailable, "the store sleeps");
  }});
  EXPECT_THAT(Register().value(), HasSubstr("is not registered in the test's catalog yet: the store sleeps"));
  EXPECT_TRUE(catalogs_.target.registered.empty());
}

TEST_F(CatalogRegistrarTest, AStopIsNoFailureOfTheCatalog) {
  catalogs_.target.no_register = Error{.code = ErrorCode::kUnavailable, .message = "gone"};
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT(Register({.stop = stop.get_token()}), FailedWith(ErrorCode::kCancelled, ""));
  EXPECT_FALSE(world_.log.Has("table not registered"));
}

}  // namespace
}  // namespace lakeferry::engine
