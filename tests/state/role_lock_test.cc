#include "state/role_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <optional>

#include "tests/support/child_process.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

TEST(RoleLock, ASecondHolderIsRefusedNamingTheFirst) {
  const TempFolder folder;
  const auto first = RoleLock::Acquire(folder / "new/metadata.db", Role::kSender);
  ASSERT_TRUE(first.has_value());
  const auto second = RoleLock::Acquire(folder / "new/metadata.db", Role::kSender);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kRefused);
  EXPECT_THAT(second.error().message, testing::HasSubstr("pid " + std::to_string(::getpid())));
}

TEST(RoleLock, TellsWithoutTakingItWhetherItIsHeld) {
  const TempFolder folder;
  const std::string store = folder / "new/metadata.db";
  auto holder = RoleLock::Look(store, Role::kSender);
  ASSERT_TRUE(holder.has_value());
  EXPECT_FALSE(holder->held) << "nobody ever was";
  EXPECT_FALSE(std::filesystem::exists(folder / "new")) << "a look makes nothing";
  {
    const auto lock = RoleLock::Acquire(store, Role::kSender);
    ASSERT_TRUE(lock.has_value());
    holder = RoleLock::Look(store, Role::kSender);
    ASSERT_TRUE(holder.has_value());
    EXPECT_TRUE(holder->held);
    EXPECT_EQ(holder->process, std::to_string(::getpid()));
  }
  holder = RoleLock::Look(store, Role::kSender);
  ASSERT_TRUE(holder.has_value());
  EXPECT_FALSE(holder->held);
  EXPECT_TRUE(RoleLock::Acquire(store, Role::kSender).has_value()) << "the look has left no lock";
}

TEST(RoleLock, WhatMayNotBeLookedAtIsNotKnown) {
  const TempFolder folder;
  std::filesystem::create_symlink("elsewhere", folder / "m.sender.lock");
  EXPECT_EQ(RoleLock::Look(folder / "m", Role::kSender).has_value(), false);
}

TEST(RoleLock, TheOtherRoleIsFree) {
  const TempFolder folder;
  const auto sender = RoleLock::Acquire(folder / "m", Role::kSender);
  const auto receiver = RoleLock::Acquire(folder / "m", Role::kReceiver);
  EXPECT_TRUE(sender && receiver);
}

TEST(RoleLock, ItIsFreeAgainWhenItsHolderIsGone) {
  const TempFolder folder;
  {
    const auto first = RoleLock::Acquire(folder / "m", Role::kSender);
    ASSERT_TRUE(first.has_value());
  }
  EXPECT_TRUE(RoleLock::Acquire(folder / "m", Role::kSender).has_value());
}

TEST(RoleLock, AHolderThatEndsSoonIsWaitedFor) {
  const TempFolder folder;
  auto first = RoleLock::Acquire(folder / "m", Role::kSender);
  ASSERT_TRUE(first.has_value());
  auto waiting = std::async(std::launch::async,
                            [&] { return RoleLock::AcquireWithin(folder / "m", Role::kSender, Millis{60'000}); });
  EXPECT_EQ(waiting.wait_for(Millis{100}), std::future_status::timeout);
  first = std::unexpected(Error{});
  EXPECT_TRUE(waiting.get().has_value());
}

TEST(RoleLock, AHolderThatStaysIsNamedWhenPatienceEnds) {
  const TempFolder folder;
  const auto first = RoleLock::Acquire(folder / "m", Role::kSender);
  ASSERT_TRUE(first.has_value());
  const auto second = RoleLock::AcquireWithin(folder / "m", Role::kSender, Millis{30});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kRefused);
}

TEST(RoleLock, AKilledProcessHoldsNothing) {
  const TempFolder folder;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ChildProcess child([&] {
    const auto lock = RoleLock::Acquire(folder / "m", Role::kReceiver);
    const char answer = lock ? 'y' : 'n';
    if (::write(ends[1], &answer, 1) != 1) return 1;
    ::pause();
    return 0;
  });
  char answer = 0;
  ASSERT_EQ(::read(ends[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  const auto refused = RoleLock::Acquire(folder / "m", Role::kReceiver);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, testing::HasSubstr("pid " + std::to_string(child.id())));
  child.Kill();
  EXPECT_TRUE(RoleLock::Acquire(folder / "m", Role::kReceiver).has_value());
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace lakeferry
