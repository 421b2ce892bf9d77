#include "tests/state/state_store_contract.h"

#include <boost/asio/thread_pool.hpp>

#include "state/sqlite_state_store.h"
#include "tests/support/memory_state_store.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

class MemoryUnderTest : public StateStoreUnderTest {
 public:
  StateStore& store() override { return store_; }

 private:
  MemoryStateStore store_;
};

class SqliteUnderTest : public StateStoreUnderTest {
 public:
  ~SqliteUnderTest() override { pool_.join(); }
  StateStore& store() override { return *store_; }

 private:
  TempFolder folder_;
  boost::asio::thread_pool pool_{2};
  std::unique_ptr<SqliteStateStore> store_ =
      SqliteStateStore::Open(folder_ / "new/folder/metadata.db", pool_.get_executor()).value();
};

INSTANTIATE_TEST_SUITE_P(Stores, StateStoreContract,
                         testing::Values(StateStoreKind{"Memory", [] { return std::make_unique<MemoryUnderTest>(); }},
                                         StateStoreKind{"Sqlite", [] { return std::make_unique<SqliteUnderTest>(); }}),
                         [](const testing::TestParamInfo<StateStoreKind>& test) { return test.param.name; });

}  // namespace
}  // namespace lakeferry
