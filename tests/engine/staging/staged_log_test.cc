// A log that is not published yet, as a store: what is staged of it lies there, the rest at the target.
#include "engine/staging/staged_log.h"

#include <optional>
#include <string>

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

class StagedLogTest : public ::testing::Test {
 protected:
  World world_;
  StagingArea area_{std::shared_ptr<ObjectStore>(&world_.staging(), [](ObjectStore*) {}), plan::StagingOf(world_.spec),
                    world_.east};
  const ObjectPath staged_ = ObjectPath::Of(TestTable::LogName(1));
  const ObjectPath published_ = ObjectPath::Of(TestTable::LogName(0));
  const ObjectPath place_ = ObjectPath::Of("orders/data/x");
  StagedLog log_{world_.target(), area_, {{.path = staged_, .size = 6, .crc64 = 0, .staged = place_}}};

  std::optional<Error> HeadFails(const ObjectPath& path) { return ErrorOf(world_.Run(log_.Head({}, path))); }
  std::optional<Error> GetFails(const ObjectPath& path) { return ErrorOf(world_.Run(log_.Get({}, path, 100))); }
  std::optional<Error> OpenFails(const ObjectPath& path) { return ErrorOf(world_.Run(log_.Open({}, path))); }

 private:
  template <typename T>
  static std::optional<Error> ErrorOf(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error());
  }
};

TEST_F(StagedLogTest, ReadsEachObjectWhereItLies) {
  world_.staging().Set(place_.text(), "staged");
  world_.target().Set(published_.text(), "published");
  world_.target().Set(staged_.text(), "somebody's");
  EXPECT_EQ(world_.Run(log_.Get({}, staged_, 100)), "staged");
  EXPECT_EQ(world_.Run(log_.Get({}, published_, 100)), "published");
  const auto head = world_.Run(log_.Head({}, staged_));
  ASSERT_THAT(head, Succeeded());
  EXPECT_EQ(head->path, staged_);
  EXPECT_EQ(head->size_bytes, 6);
  const auto opened = world_.Run(log_.Open({}, staged_));
  ASSERT_THAT(opened, Succeeded());
  EXPECT_EQ((*opened)->size_bytes(), 6);
}

// Only staging it again helps.
TEST_F(StagedLogTest, StagedObjectThatIsMissingIsDamage) {
  for (const auto& failed : {HeadFails(staged_), GetFails(staged_), OpenFails(staged_)}) {
    ASSERT_TRUE(failed);
    EXPECT_EQ(failed->code, ErrorCode::kCorruptData);
    EXPECT_THAT(ToString(*failed), ::testing::HasSubstr(place_.text()));
  }
}

TEST_F(StagedLogTest, WhatTheTargetDoesNotHoldIsNoDamage) {
  for (const auto& failed : {HeadFails(published_), GetFails(published_), OpenFails(published_)}) {
    ASSERT_TRUE(failed);
    EXPECT_EQ(failed->code, ErrorCode::kNotFound);
  }
}

}  // namespace
}  // namespace lakeferry::engine
