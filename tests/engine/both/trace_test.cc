// What a tracer is told of epochs by both roles.
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class KeepsTraces final : public Tracer {
 public:
  std::vector<plan::EpochTrace> traces;
  void Take(plan::EpochTrace trace) override { traces.push_back(std::move(trace)); }
};

class TraceTest : public ::testing::Test {
 protected:
  TraceTest() { world_.west.tracer = world_.east.tracer = &tracer_; }
  std::vector<std::string> Names(size_t index) {
    std::vector<std::string> names;
    for (const plan::TraceStep& step : tracer_.traces.at(index).steps) names.push_back(step.name);
    return names;
  }
  KeepsTraces tracer_;
  World world_{{"a", "b"}};
};

TEST_F(TraceTest, AnEpochIsOneTraceOverBothSides) {
  world_.FirstEpoch();
  ASSERT_THAT(tracer_.traces, SizeIs(2));
  const plan::EpochTrace& sent = tracer_.traces[0];
  const plan::EpochTrace& received = tracer_.traces[1];
  EXPECT_EQ(sent.role, Role::kSender);
  EXPECT_EQ(received.role, Role::kReceiver);
  EXPECT_EQ(plan::TraceIdOf(sent), plan::TraceIdOf(received));
  for (const char* name : {"cutting", "copying", "publishing"}) EXPECT_THAT(Names(0), Contains(name));
  for (const char* name : {"intake", "placing", "committing", "commit a", "commit b", "answering"}) {
    EXPECT_THAT(Names(1), Contains(name));
  }
  for (const plan::EpochTrace& trace : tracer_.traces) {
    for (const plan::TraceStep& step : trace.steps) EXPECT_LE(step.began, step.ended) << step.name;
  }
}

TEST_F(TraceTest, APassThatFindsNothingIsNoTrace) {
  world_.FirstEpoch();
  tracer_.traces.clear();
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_THAT(tracer_.traces, IsEmpty());
}

TEST_F(TraceTest, OnlyTablesThatChangeHaveACommit) {
  world_.FirstEpoch();
  tracer_.traces.clear();
  world_.InRun("r1", [&] { world_.table("a").Commit({world_.table("a").Add("f1")}, "r1"); });
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Receive(), Succeeded());
  ASSERT_THAT(tracer_.traces, SizeIs(2));
  EXPECT_THAT(Names(1), Contains("commit a"));
  EXPECT_THAT(Names(1), Not(Contains("commit b")));
}

}  // namespace
}  // namespace lakeferry::engine
