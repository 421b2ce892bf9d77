#include "engine/log/near_bytes.h"

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

class NearBytesTest : public ::testing::TestWithParam<size_t> {
 protected:
  NearBytesTest() {
    for (size_t i = 0; i < GetParam(); ++i) bytes_ += static_cast<char>('a' + i * i % 23);
    store_.Set("a", bytes_);
  }

  World world_;
  MemoryStore& store_ = world_.stores.At("mem://from");
  std::string bytes_;
};

INSTANTIATE_TEST_SUITE_P(Sizes, NearBytesTest,
                         ::testing::Values(0, 1, size_t{4} << 20, (size_t{4} << 20) + 1, (size_t{21} << 20) + 5));

std::string ReadWhole(const RandomAccess& access) {
  std::string bytes(static_cast<size_t>(access.size_bytes()), '?');
  bytes.resize(access.ReadAt(0, bytes).value());
  return bytes;
}

TEST_P(NearBytesTest, FarBytesAreBroughtWhole) {
  store_.set_far(true);
  const auto object = world_.Run(store_.Open({}, ObjectPath::Of("a"))).value();
  const auto near = world_.Run(NearBytes::Of({}, world_.west, *object));
  ASSERT_THAT(near, Succeeded());
  EXPECT_TRUE(ReadWhole(near->access()) == bytes_);
  EXPECT_EQ(world_.scratch.opened, bytes_.size() > size_t{4} << 20 ? 1 : 0);
}

TEST_P(NearBytesTest, NearBytesStayWhereTheyAre) {
  const auto object = world_.Run(store_.Open({}, ObjectPath::Of("a"))).value();
  store_.set_hooks({.before_effect = [](std::string, StoreOperation, ObjectPath) -> Task<Status> {
    co_return Fail(ErrorCode::kUnavailable, "nobody asks for them");
  }});
  const auto near = world_.Run(NearBytes::Of({}, world_.west, *object));
  ASSERT_THAT(near, Succeeded());
  EXPECT_EQ(&near->access(), object->local());
}

TEST_P(NearBytesTest, WhatCannotBeReadIsTheStoresError) {
  store_.set_far(true);
  const auto object = world_.Run(store_.Open({}, ObjectPath::Of("a"))).value();
  store_.set_hooks({.before_effect = [](std::string, StoreOperation, ObjectPath) -> Task<Status> {
    co_return Fail(ErrorCode::kUnavailable, "away");
  }});
  EXPECT_THAT(world_.Run(NearBytes::Of({}, world_.west, *object)), FailedWith(ErrorCode::kUnavailable, "away"));
}

}  // namespace
}  // namespace lakeferry::engine
