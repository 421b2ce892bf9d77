// What is taken out of file actions and comes back, where the temporary file that it lies in fails.
#include "engine/spill/action_shelf.h"

#include <algorithm>
#include <memory>
#include <string>

#include "tests/engine/environment_with.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

// Of everything that is put there only the first bytes can be read again; one Append may fail.
class FailingScratch final : public Scratch {
 public:
  int failing_append = 0;  // 0: none
  size_t kept_bytes = 0;

  Result<std::unique_ptr<ScratchFile>> Open() override { return std::make_unique<File>(this); }

 private:
  class File final : public ScratchFile {
   public:
    explicit File(FailingScratch* owner) : owner_(owner) {}
    [[nodiscard]] int64_t size_bytes() const override { return static_cast<int64_t>(bytes_.size()); }
    Status Append(std::string_view bytes) override {
      if (++appends_ == owner_->failing_append) return Fail(ErrorCode::kOutOfSpace, "full");
      bytes_ += bytes;
      return {};
    }
    Result<size_t> ReadAt(int64_t offset, std::span<char> buffer) const override {
      const std::string_view kept = std::string_view(bytes_).substr(0, owner_->kept_bytes);
      return kept.substr(std::min(static_cast<size_t>(offset), kept.size())).copy(buffer.data(), buffer.size());
    }

   private:
    FailingScratch* owner_;
    int appends_ = 0;
    std::string bytes_;
  };
};

class ActionShelfTest : public ::testing::Test {
 protected:
  ActionShelfTest() {
    env_.limits.carried_bytes = 0;
    env_.limits.copy_buffer_bytes = 1;
  }
  static std::string Heavy() { return std::string(1'000, 's'); }
  static delta::AddFile HeavyAdd() {
    delta::AddFile add;
    add.path = "f";
    add.stats = Heavy();
    return add;
  }
  static delta::RemoveFile HeavyRemove() {
    delta::RemoveFile remove;
    remove.path = "f";
    remove.stats = Heavy();
    return remove;
  }

  World world_;
  FailingScratch scratch_;
  Environment env_ = EnvironmentWith(world_.west, {.scratch = &scratch_});
};

TEST_F(ActionShelfTest, WhatCannotBePutThereIsAnError) {
  for (scratch_.failing_append = 1; scratch_.failing_append <= 2; ++scratch_.failing_append) {
    SpilledActions shelf(env_);
    delta::AddFile add = HeavyAdd();
    EXPECT_THAT(shelf.Put(add), FailedWith(ErrorCode::kOutOfSpace, "full")) << scratch_.failing_append;
    EXPECT_EQ(add, HeavyAdd()) << "nothing is taken out that is nowhere else";
  }
}

TEST_F(ActionShelfTest, WhatDoesNotComeBackIsAnError) {
  SpilledActions shelf(env_);
  delta::AddFile add = HeavyAdd();
  delta::RemoveFile remove = HeavyRemove();
  const auto place = shelf.Put(add);
  const auto place_of_remove = shelf.Put(remove);
  ASSERT_THAT(place, Succeeded());
  ASSERT_THAT(place_of_remove, Succeeded());
  for (const size_t kept : {size_t{0}, sizeof(uint64_t), size_t{100}}) {
    scratch_.kept_bytes = kept;
    EXPECT_THAT(shelf.Restore(*place, add), FailedWith(ErrorCode::kInternal, "lost its end")) << kept;
    EXPECT_THAT(shelf.Restore(*place_of_remove, remove), FailedWith(ErrorCode::kInternal, "lost its end")) << kept;
  }
  scratch_.kept_bytes = 10'000;
  ASSERT_THAT(shelf.Restore(*place, add), Succeeded());
  ASSERT_THAT(shelf.Restore(*place_of_remove, remove), Succeeded());
  EXPECT_EQ(add, HeavyAdd());
  EXPECT_EQ(remove, HeavyRemove());
}

TEST_F(ActionShelfTest, MoreFilesThanAreHeldAreAnError) {
  env_.limits.changed_files_max = 1;
  SpilledActions spilled(env_);
  DroppedActions dropped(env_);
  for (delta::ActionShelf* shelf :
       {static_cast<delta::ActionShelf*>(&spilled), static_cast<delta::ActionShelf*>(&dropped)}) {
    delta::AddFile first = HeavyAdd();
    delta::AddFile second = HeavyAdd();
    ASSERT_THAT(shelf->Put(first), Succeeded());
    EXPECT_THAT(shelf->Put(second), FailedWith(ErrorCode::kUnsupportedTable, "more than 1 files"));
    delta::RemoveFile third = HeavyRemove();
    EXPECT_THAT(shelf->Put(third), FailedWith(ErrorCode::kUnsupportedTable, "more than 1 files"));
  }
  EXPECT_TRUE(spilled.full());
  EXPECT_TRUE(dropped.full());
}

}  // namespace
}  // namespace lakeferry::engine
