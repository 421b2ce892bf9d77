// What `reset` says of its steps, to people and to programs.
#include "daemon/output/reset_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry {
namespace {

using testing::HasSubstr;

ResetReport Report(StepState state) {
  ResetReport report{.group = "orders", .role = Role::kSender, .steps = {}, .next = {"start both services"}};
  report.done = state == StepState::kDone;
  report.steps.push_back({.kind = StepKind::kRename,
                          .what = "staging folder",
                          .from = "file:///s/orders",
                          .to = "file:///s/x",
                          .state = state});
  report.steps.push_back({.kind = StepKind::kForget, .what = "what m.db knows", .from = {}, .to = {}, .state = state});
  return report;
}

TEST(ResetOutput, IsJsonWithItsSteps) {
  EXPECT_EQ(ToJson(Report(StepState::kDone)),
            R"({"group":"orders","role":"sender","done":true,"steps":[)"
            R"({"what":"staging folder","from":"file:///s/orders","to":"file:///s/x","state":"done"},)"
            R"({"what":"what m.db knows","from":"","to":"","state":"done"}],"next":["start both services"]})"
            "\n");
  EXPECT_THAT(ToJson(Report(StepState::kByPerson)), HasSubstr(R"("state":"by_person")"));
}

TEST(ResetOutput, SaysWhatWasDoneAndWhatIsOnlyTold) {
  EXPECT_THAT(ToText(Report(StepState::kDone)), HasSubstr("orders (sender): staging folder: renamed\n"
                                                          "  from: file:///s/orders\n  to: file:///s/x\n"
                                                          "orders (sender): what m.db knows: forgotten\n"
                                                          "next: start both services\n"));
  EXPECT_THAT(ToText(Report(StepState::kTodo)), HasSubstr("would be renamed"));
  EXPECT_THAT(ToText(Report(StepState::kByPerson)), HasSubstr("rename it with the store's own tool"));
}

}  // namespace
}  // namespace lakeferry
