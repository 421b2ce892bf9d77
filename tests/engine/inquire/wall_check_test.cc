// Walls, run against: what is denied, what is not, and what cannot be told.
#include "engine/inquire/wall_check.h"

#include <set>

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Stores that deny each operation of `denied`, as "write mem://east/t".
class WallCheckTest : public ::testing::Test {
 protected:
  WallCheckTest() : world_({"t"}) {
    world_.CreateAll();
    EXPECT_THAT(world_.Send(), Succeeded());
    EXPECT_THAT(world_.Receive(), Succeeded());
    world_.stores.set_hooks(
        {.before_effect = [this](std::string uri, StoreOperation operation,
                                 ObjectPath path) { return Before(std::move(uri), operation, std::move(path)); },
         .after_effect = {}});
  }
  Task<Status> Before(std::string uri, StoreOperation operation, ObjectPath path) {
    std::string deed = "read ";
    if (operation == StoreOperation::kPutIfAbsent) deed = "write ";
    if (operation == StoreOperation::kDelete) deed = "delete ";
    touched_.insert(deed + uri);
    if (broken_) co_return Fail(ErrorCode::kUnavailable, "no connection", uri);
    if (denied_.contains(deed + uri)) co_return Fail(ErrorCode::kUnauthorized, "the store denies it", path.text());
    co_return Status{};
  }
  void SetFar() {
    world_.source().set_far(true);
    world_.target().set_far(true);
  }
  // "info the receiver cannot …", in order.
  std::vector<std::string> Check(Role role, std::vector<std::string> credentials = {""}) {
    std::vector<std::string> lines;
    const std::function<Task<Result<bool>>()> check = [&]() -> Task<Result<bool>> {
      const CredentialsAt at = [credentials](const std::string&) { return credentials; };
      const auto findings = co_await CheckWalls({}, world_.east, world_.spec, role, at);
      for (const plan::Finding& finding : findings) {
        const auto severity = finding.severity;
        lines.push_back((severity == plan::Severity::kInfo      ? "info "
                         : severity == plan::Severity::kWarning ? "warning "
                                                                : "error ") +
                        finding.what);
      }
      co_return true;
    };
    EXPECT_TRUE(world_.Run(check()).value());
    return lines;
  }

  World world_;
  std::set<std::string> denied_;
  std::set<std::string> touched_;
  bool broken_ = false;
};

TEST_F(WallCheckTest, WhatIsDeniedIsSaidToBe) {
  SetFar();
  denied_ = {"read mem://west/t", "write mem://west/t", "delete mem://west/t", "write mem://east/t",
             "delete mem://east/t"};
  EXPECT_THAT(Check(Role::kReceiver),
              ElementsAre("info the receiver cannot read the source of table t: it was tried, and denied",
                          "info the receiver cannot write the source of table t: it was tried, and denied",
                          "info the receiver cannot delete the source of table t: it was tried, and denied",
                          "info the receiver cannot delete the target of table t: it was tried, and denied"));
  EXPECT_THAT(Check(Role::kSender),
              ElementsAre("info the sender cannot write the source of table t: it was tried, and denied",
                          "info the sender cannot delete the source of table t: it was tried, and denied",
                          "info the sender cannot write the target of table t: it was tried, and denied",
                          "info the sender cannot delete the target of table t: it was tried, and denied"));
}

TEST_F(WallCheckTest, EachThatIsNotThereIsAnError) {
  for (const bool far : {false, true}) {
    if (far) SetFar();
    const auto before = world_.source().objects().size() + world_.target().objects().size();
    EXPECT_THAT(Check(Role::kReceiver), AllOf(testing::SizeIs(4), Each(HasSubstr("error the receiver can "))));
    EXPECT_THAT(Check(Role::kSender), AllOf(testing::SizeIs(4), Each(HasSubstr("error the sender can "))));
    EXPECT_EQ(world_.source().objects().size() + world_.target().objects().size(), before) << "nothing stays";
  }
}

TEST_F(WallCheckTest, ToListAloneIsToReadAndSoIsToGet) {
  SetFar();
  denied_ = {"read mem://west/t"};
  EXPECT_THAT(Check(Role::kReceiver).front(), HasSubstr("info the receiver cannot read"));
  denied_.clear();
  world_.stores.At("mem://west/t")
      .set_hooks({.before_effect = [](std::string uri, StoreOperation operation, ObjectPath) -> Task<Status> {
                    if (operation == StoreOperation::kList) co_return Fail(ErrorCode::kUnauthorized, "no", uri);
                    co_return Status{};
                  },
                  .after_effect = {}});
  EXPECT_THAT(Check(Role::kReceiver).front(), HasSubstr("error the receiver can read"));
}

TEST_F(WallCheckTest, OneCredentialThatComesThroughIsEnough) {
  EXPECT_THAT(Check(Role::kSender, {"", "west_writer"}), Each(HasSubstr("error")));
  denied_ = {"write mem://west/t", "delete mem://west/t", "write mem://east/t", "delete mem://east/t"};
  (void)world_.stores.TakeOpened();
  EXPECT_THAT(Check(Role::kSender, {"", "west_writer"}), Each(HasSubstr("info")));
  std::set<std::string> tried;
  for (const StoreRef& ref : world_.stores.TakeOpened()) tried.insert(ref.credential);
  EXPECT_THAT(tried, ElementsAre("", "west_writer"));
}

TEST_F(WallCheckTest, WhereNobodyAnswersItCannotBeTold) {
  SetFar();
  broken_ = true;
  EXPECT_THAT(Check(Role::kSender), AllOf(testing::SizeIs(4), Each(HasSubstr("cannot be told: no connection"))));
}

TEST_F(WallCheckTest, WhereNothingIsNothingIsTriedInAFolder) {
  world_.source().objects().clear();
  touched_.clear();
  EXPECT_THAT(Check(Role::kReceiver)[1], HasSubstr("warning whether the receiver can write the source of table t"));
  EXPECT_THAT(touched_, Not(testing::Contains("write mem://west/t")));
  EXPECT_TRUE(world_.source().objects().empty());
}

TEST_F(WallCheckTest, ASenderThatPlacesFilesWritesNoLogAndDeletesNothing) {
  world_.spec.direct = true;
  EXPECT_THAT(Check(Role::kSender),
              testing::Contains(HasSubstr("warning whether the sender can delete the target of table "
                                          "t cannot be told: whoever may add files to a folder")));
  SetFar();
  const auto before = world_.target().objects().size();
  EXPECT_THAT(Check(Role::kSender),
              AllOf(testing::Contains("error the sender can write the log of the target of table t"),
                    testing::Contains("error the sender can delete the target of table t")));
  EXPECT_EQ(world_.target().objects().size(), before) << "nothing stays";
  std::vector<std::string> written;
  world_.target().set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
                               if (at != StoreOperation::kPutIfAbsent && at != StoreOperation::kDelete)
                                 co_return Status{};
                               written.push_back(path.text());
                               co_return Fail(ErrorCode::kUnauthorized, "no", path.text());
                             },
                             .after_effect = {}});
  EXPECT_THAT(
      Check(Role::kSender),
      AllOf(testing::Contains("info the sender cannot write the log of the target of table t: it was tried, and "
                              "denied"),
            testing::Contains("info the sender cannot delete the target of table t: it was tried, and denied")));
  EXPECT_THAT(written, testing::Contains(testing::StartsWith("_delta_log/_lakeferry_check_")));
}

TEST_F(WallCheckTest, WhoReclaimsVersionsOfAMirrorMayDelete) {
  world_.spec.retention = Millis(1);
  EXPECT_THAT(Check(Role::kReceiver), AllOf(testing::SizeIs(3), Not(testing::Contains(HasSubstr("target")))));
}

}  // namespace
}  // namespace lakeferry::engine
