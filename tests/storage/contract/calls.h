// The contract of env/object_store.h: on whose behalf something is done, and where. One of the rooms of
// object_store_contract.h.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stop_token>
#include <string>
#include <string_view>

#include "env/object_store.h"
#include "tests/storage/store_under_test.h"
#include "tests/support/buffer_of.h"
#include "tests/support/run_task.h"

namespace lakeferry {

TEST_P(ObjectStoreContract, ACallThatWasStoppedDoesNothing) {
  Create("a", "old");
  const auto object = Open("a");
  const auto writer = Begin("b");
  std::stop_source stop;
  stop.request_stop();
  const Call call{.stop = stop.get_token()};
  std::string buffer(3, '?');
  EXPECT_EQ(CodeOf(RunTask(store().List(call, {}))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().Head(call, Path("a")))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().Get(call, Path("a"), 10))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().Open(call, Path("a")))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(object->Read(call, 0, buffer))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().PutIfAbsent(call, Path("c"), "new"))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().PutEachIfAbsent(call, {{.path = Path("c"), .bytes = "new"}})).at(0)),
            ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().GetEach(call, {Path("a")}, 10)).at(0)), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().Put(call, Path("a"), "new"))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().Begin(call, Path("d"), {}))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(writer->Write(call, 0, BufferOf("new")))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(writer->CommitIfAbsent(call, 0, {}))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().CopyIfAbsent(call, object->address(), Path("e")))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().Touch(call, Path("a")))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().Delete(call, {Path("a")}))), ErrorCode::kCancelled);
  EXPECT_THAT(Names(""), testing::ElementsAre("a"));
  EXPECT_EQ(Bytes("a"), "old");
}

TEST_P(ObjectStoreContract, UriIsTheOneTheStoreWasOpenedWith) {
  EXPECT_NE(store().uri().find("://"), std::string_view::npos);
}

}  // namespace lakeferry
