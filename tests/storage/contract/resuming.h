// The contract of env/object_store.h: a writer goes on with what another left, where the store's traits say so, and
// what is published is whole whatever that was. One of the rooms of object_store_contract.h.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "env/object_store.h"
#include "tests/storage/store_under_test.h"
#include "tests/support/buffer_of.h"
#include "tests/support/run_task.h"

namespace lakeferry {

TEST_P(ObjectStoreContract, StoreSaysWhetherAWriterCanGoOnWithWhatAnotherLeft) {
  EXPECT_EQ(Resumes(), under_test_->resumes());
}

TEST_P(ObjectStoreContract, PartsThatAWriterLeftAreTakenOverByTheNext) {
  if (!Resumes()) return;
  LeaveSome("d/large");
  EXPECT_EQ(Names("d").size(), 0U);
  const auto writer = GoOn("d/large");
  ASSERT_EQ(writer->part_bytes(), large_part_);
  EXPECT_TRUE(writer->MayHave(0));
  EXPECT_FALSE(writer->MayHave(1));
  EXPECT_TRUE(writer->MayHave(2));
  EXPECT_TRUE(TakesOver(*writer, 0, Part(0)));
  EXPECT_FALSE(TakesOver(*writer, 1, Part(1)));
  EXPECT_TRUE(TakesOver(*writer, 2, Part(2)));
  ASSERT_TRUE(WritePart(*writer, 1, Part(1)).has_value());
  EXPECT_EQ(Commit(*writer, large_).value(), PutOutcome::kCreated);
  EXPECT_TRUE(Bytes("d/large") == large_);
}

TEST_P(ObjectStoreContract, PartThatIsAnotherByNowIsNotTakenOver) {
  if (!Resumes()) return;
  std::string changed(Part(0));
  changed[changed.size() / 2] ^= 1;
  LeaveSome("large", changed);
  const auto writer = GoOn("large");
  EXPECT_TRUE(writer->MayHave(0));
  EXPECT_FALSE(TakesOver(*writer, 0, Part(0)));
  EXPECT_FALSE(TakesOver(*writer, 2, Part(2).substr(1))) << "shorter";
  EXPECT_TRUE(TakesOver(*writer, 2, Part(2)));
  ASSERT_TRUE(WritePart(*writer, 1, Part(1)).has_value());
  ASSERT_TRUE(WritePart(*writer, 0, Part(0)).has_value());
  EXPECT_EQ(Commit(*writer, large_).value(), PutOutcome::kCreated);
  EXPECT_TRUE(Bytes("large") == large_);
}

TEST_P(ObjectStoreContract, WhatAllWasSentOfIsCommittedByTheNext) {
  if (!Resumes()) return;
  WriteRest(*GoOn("large"));
  const auto writer = GoOn("large");
  for (int64_t number = 0; number < 3; ++number) EXPECT_TRUE(TakesOver(*writer, number, Part(number)));
  EXPECT_EQ(Commit(*writer, large_).value(), PutOutcome::kCreated);
  EXPECT_TRUE(Bytes("large") == large_);
}

TEST_P(ObjectStoreContract, TwoThatGoOnWithTheSameDoNotSpoilIt) {
  if (!Resumes()) return;
  LeaveSome("large");
  const auto one = GoOn("large");
  const auto other = GoOn("large");
  for (ObjectWriter* writer : {one.get(), other.get()}) {
    EXPECT_TRUE(TakesOver(*writer, 0, Part(0)));
    EXPECT_TRUE(TakesOver(*writer, 2, Part(2)));
  }
  ASSERT_TRUE(WritePart(*one, 1, Part(1)).has_value());
  ASSERT_TRUE(WritePart(*other, 1, Part(1)).has_value());
  int created = 0;
  for (ObjectWriter* writer : {one.get(), other.get()}) {
    const auto outcome = Commit(*writer, large_);
    created += outcome && *outcome == PutOutcome::kCreated ? 1 : 0;
    // The name is taken; or a part was sent by the other meanwhile, or the upload has ended: that passes.
    if (!outcome) {
      EXPECT_THAT(outcome.error().code, testing::AnyOf(ErrorCode::kUnavailable, ErrorCode::kOutcomeUnknown))
          << ToString(outcome.error());
    }
  }
  // Who is asked twice to end one upload may say twice that he has: the bytes are the same.
  if (created == 0) {
    const auto next = GoOn("large");
    WriteRest(*next);
    EXPECT_EQ(Commit(*next, large_).value(), PutOutcome::kCreated);
  }
  EXPECT_TRUE(Bytes("large") == large_);
}

TEST_P(ObjectStoreContract, NameThatIsTakenMeanwhileIsNotReplaced) {
  if (!Resumes()) return;
  LeaveSome("large");
  const auto writer = GoOn("large");
  Create("large", "another's");
  WriteRest(*writer);
  EXPECT_EQ(Commit(*writer, large_).value(), PutOutcome::kExisted);
  EXPECT_EQ(Bytes("large"), "another's");
}

TEST_P(ObjectStoreContract, OfWhatWasCommittedOrAbortedNothingIsLeft) {
  if (!Resumes()) return;
  LeaveSome("large");
  const auto aborted = GoOn("large");
  ASSERT_TRUE(RunTask(aborted->Abort({})).has_value());
  const auto writer = GoOn("large");
  // Azure's blocks stay until the blob is there.
  WriteRest(*writer);
  EXPECT_EQ(Commit(*writer, large_).value(), PutOutcome::kCreated);
  ASSERT_TRUE(RunTask(DeleteOne({}, store(), Path("large"))).has_value());
  const auto next = GoOn("large");
  for (int64_t number = 0; number < 3; ++number) EXPECT_FALSE(next->MayHave(number));
}

TEST_P(ObjectStoreContract, WhoDoesNotAskForItGoesOnWithNothing) {
  if (!Resumes()) return;
  LeaveSome("large");
  LeaveSome("other");
  const auto writer = Begin("large");
  EXPECT_FALSE(writer->MayHave(0));
  EXPECT_FALSE(TakesOver(*writer, 0, Part(0)));
  const auto elsewhere = GoOn("oth");
  EXPECT_FALSE(elsewhere->MayHave(0)) << "the name of another object begins so";
}

TEST_P(ObjectStoreContract, WhatIsDroppedIsNotFoundAgainOrGoesByItself) {
  if (!Resumes()) return;
  LeaveSome("d/large");
  LeaveSome("dd/large");
  ASSERT_TRUE(RunTask(store().DropUnfinished({}, Path("d"), {})).has_value());
  EXPECT_TRUE(GoOn("dd/large")->MayHave(0)) << "it lies in another folder";
  const auto writer = GoOn("d/large");
  EXPECT_EQ(writer->MayHave(0), !under_test_->drops_unfinished());
  WriteRest(*writer);
  EXPECT_EQ(Commit(*writer, large_).value(), PutOutcome::kCreated);
  EXPECT_TRUE(Bytes("d/large") == large_);
}

}  // namespace lakeferry
