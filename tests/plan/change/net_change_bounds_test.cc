// The bound of what the net of many commits keeps of writers.
#include <string>

#include "plan/change/net_change.h"
#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan {
namespace {

using delta::FailedWith;
using delta::Succeeded;

TEST(NetChangeBounds, TransactionsOfManyApplicationsHaveOne) {
  NetChange net(0);
  const auto commit = [](char first) {
    delta::Commit commit;
    commit.txns = {{.app_id = std::string(size_t{7} << 20, first), .version = 1, .last_updated = {}}};
    return commit;
  };
  ASSERT_THAT(net.Apply(commit('a')), Succeeded());
  ASSERT_THAT(net.Apply(commit('a')), Succeeded()) << "the newest of one application takes the place of its last";
  ASSERT_THAT(net.Apply(commit('b')), Succeeded());
  EXPECT_THAT(net.Apply(commit('c')), FailedWith(ErrorCode::kUnsupportedTable, "more than 32 MiB"));
}

}  // namespace
}  // namespace lakeferry::plan
