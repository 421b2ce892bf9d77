#include "tests/storage/object_store_contract.h"

#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <functional>

#include "storage/file/file_store.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_store.h"
#include "tests/support/rightful_store.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

class MemoryStoreUnderTest : public StoreUnderTest {
 public:
  explicit MemoryStoreUnderTest(const std::function<void(MemoryStore&)>& set_up) { set_up(stores_.At("memory://a")); }
  ObjectStore& store() override { return stores_.At("memory://a"); }
  ObjectStore& neighbour() override { return stores_.At("memory://b"); }
  TimeMs Now() override { return clock_.WallTime(); }
  void PassTime() override { clock_.Advance(Millis(1'000)); }
  [[nodiscard]] bool resumes() const override { return true; }

 private:
  ManualClock clock_;
  MemoryStoreFactory stores_{&clock_};
};

// As whoever may write sees it.
class RightfulStoreUnderTest final : public MemoryStoreUnderTest {
 public:
  RightfulStoreUnderTest() : MemoryStoreUnderTest([](MemoryStore&) {}) {}
  ObjectStore& store() override { return store_; }
  ObjectStore& neighbour() override { return neighbour_; }

 private:
  static std::shared_ptr<ObjectStore> Shared(ObjectStore& store) {
    return {&store, [](ObjectStore*) {}};
  }

  RightfulStore store_{Shared(MemoryStoreUnderTest::store()), StoreRight::kWriteTarget};
  RightfulStore neighbour_{Shared(MemoryStoreUnderTest::neighbour()), StoreRight::kWriteStaging};
};

// In memory where the machine has such a folder: the contract is not about the speed of a disk.
std::filesystem::path FastFolder() {
  const std::filesystem::path shared_memory = "/dev/shm";
  return std::filesystem::is_directory(shared_memory) ? shared_memory : std::filesystem::temp_directory_path();
}

class FileStoreUnderTest : public StoreUnderTest {
 public:
  explicit FileStoreUnderTest(FileTreeOptions options)
      : store_("file://" + folder_ / "a", folder_ / "a", pool_.get_executor(), options),
        neighbour_("file://" + folder_ / "b", folder_ / "b", pool_.get_executor(), options) {}
  ~FileStoreUnderTest() override { pool_.join(); }

  ObjectStore& store() override { return store_; }
  ObjectStore& neighbour() override { return neighbour_; }
  TimeMs Now() override { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }
  // Files written so far grow older.
  void PassTime() override {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (!entry.is_regular_file()) continue;
      std::filesystem::last_write_time(entry.path(), entry.last_write_time() - std::chrono::seconds(1));
    }
  }

 private:
  TempFolder folder_{FastFolder()};
  boost::asio::thread_pool pool_{2};
  FileStore store_;
  FileStore neighbour_;
};

StoreKind FileKind(std::string name, FileTreeOptions options) {
  return {std::move(name), [options] { return std::make_unique<FileStoreUnderTest>(options); }};
}

StoreKind MemoryKind(std::string name, std::function<void(MemoryStore&)> set_up) {
  return {std::move(name), [set_up] { return std::make_unique<MemoryStoreUnderTest>(set_up); }};
}

// As an object store is: no times of one's own, short pages, parts of a size of its own, nothing to be read by pread.
void MakeFar(MemoryStore& store) {
  store.set_far(true);
  store.set_keeps_times(false);
  store.set_page(7);
  store.set_part_bytes(100'000);
}

INSTANTIATE_TEST_SUITE_P(
    Stores, ObjectStoreContract,
    testing::Values(MemoryKind("Memory", [](MemoryStore&) {}), MemoryKind("FarMemory", MakeFar),
                    StoreKind{"MemoryWithRights", [] { return std::make_unique<RightfulStoreUnderTest>(); }},
                    FileKind("File", {}), FileKind("FileWithTemporaryNames", {.unnamed_files = false}),
                    FileKind("FileWithoutOpenat2", {.resolution = Resolution::kWalk})),
    [](const testing::TestParamInfo<StoreKind>& test) { return test.param.name; });

}  // namespace
}  // namespace lakeferry
