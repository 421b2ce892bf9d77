// A draft of a checkpoint by itself: what it holds, and where a stop or a temporary file that broke ends it.
#include "engine/apply/checkpoint_draft.h"

#include <algorithm>

#include "tests/engine/environment_with.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::HasSubstr;

const ObjectPath kDraftPath = ObjectPath::Of("_delta_log/00000000000000000010.checkpoint.parquet");

delta::AddFile LiveFile(std::string path) {
  delta::AddFile add;
  add.path = std::move(path);
  add.size = 7;
  return add;
}

delta::RemoveFile DeadFile(std::string path) {
  delta::RemoveFile remove;
  remove.path = std::move(path);
  remove.deletion_timestamp = 5;
  return remove;
}

class CheckpointDraftTest : public ::testing::Test {
 protected:
  CheckpointDraft Draft() { return {world_.east, 0, stop_.get_token()}; }
  // One of three files and two domains, ended.
  Status Fill(CheckpointDraft& draft) {
    for (const auto* path : {"a", "b", "c"}) LF_TRY_OK(draft.OnLive(LiveFile(path)));
    delta::Snapshot snapshot;
    snapshot.txns["stream"] = {.app_id = "stream", .version = 7, .last_updated = {}};
    snapshot.domains["d"] = {.domain = "d", .configuration = "{}", .removed = false};
    const auto summary = world_.Run(draft.Finish(std::move(snapshot)));
    return summary ? Status{} : Status(std::unexpected(summary.error()));
  }

  World world_;
  std::stop_source stop_;
};

TEST_F(CheckpointDraftTest, HoldsFilesTransactionsAndDomains) {
  CheckpointDraft draft = Draft();
  ASSERT_THAT(Fill(draft), Succeeded());
  ASSERT_THAT(world_.Run(draft.Publish({}, world_.target(), kDraftPath)), Succeeded());
  const std::string text = world_.Text(world_.target(), kDraftPath.text());
  for (const auto* part : {R"({"protocol")", R"({"metaData")", R"("path":"c")", R"("appId":"stream")",
                           R"({"domainMetadata":{"domain":"d")"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST_F(CheckpointDraftTest, AStopEndsTheReplayAtTheNextFile) {
  CheckpointDraft draft = Draft();
  EXPECT_THAT(draft.OnLive(LiveFile("a")), Succeeded());
  EXPECT_THAT(draft.OnTombstone(DeadFile("b")), Succeeded());
  stop_.request_stop();
  EXPECT_THAT(draft.OnLive(LiveFile("c")), FailedWith(ErrorCode::kCancelled, "stopped"));
  EXPECT_THAT(draft.OnTombstone(DeadFile("d")), FailedWith(ErrorCode::kCancelled, "stopped"));
}

TEST_F(CheckpointDraftTest, AStopEndsTheWritingWithNothingThere) {
  world_.target().set_part_bytes(16);
  for (const size_t buffer : {size_t{1} << 20, size_t{64}}) {
    world_.east.limits.copy_buffer_bytes = buffer;
    stop_ = std::stop_source();
    CheckpointDraft draft = Draft();
    ASSERT_THAT(Fill(draft), Succeeded());
    stop_.request_stop();
    int writes = 0;
    world_.target().set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
      writes += at == StoreOperation::kWrite ? 1 : 0;
      co_return Status{};
    }});
    EXPECT_THAT(world_.Run(draft.Publish({}, world_.target(), kDraftPath)),
                FailedWith(ErrorCode::kCancelled, "stopped"));
    EXPECT_FALSE(world_.target().objects().contains(kDraftPath.text()));
    EXPECT_EQ(writes, 0) << "no piece of it is written";
  }
  ASSERT_EQ(world_.scratch.opened, 1);
}

TEST_F(CheckpointDraftTest, AStopWhileTheLastPieceIsWrittenPublishesNothing) {
  CheckpointDraft draft = Draft();
  ASSERT_THAT(Fill(draft), Succeeded());
  world_.target().set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kWrite) stop_.request_stop();
    co_return Status{};
  }});
  EXPECT_THAT(world_.Run(draft.Publish({.stop = stop_.get_token()}, world_.target(), kDraftPath)),
              FailedWith(ErrorCode::kCancelled, "stopped"));
  EXPECT_FALSE(world_.target().objects().contains(kDraftPath.text()));
}

// Reads nothing of what was put there.
class ScratchWithoutItsEnd final : public Scratch {
 public:
  Result<std::unique_ptr<ScratchFile>> Open() override { return std::make_unique<File>(); }

 private:
  class File final : public ScratchFile {
   public:
    [[nodiscard]] int64_t size_bytes() const override { return size_; }
    Status Append(std::string_view bytes) override {
      size_ += static_cast<int64_t>(bytes.size());
      return {};
    }
    Result<size_t> ReadAt(int64_t, std::span<char>) const override { return size_t{0}; }

   private:
    int64_t size_ = 0;
  };
};

TEST_F(CheckpointDraftTest, TemporaryFileThatLostItsEndIsAnError) {
  ScratchWithoutItsEnd scratch;
  Environment env = EnvironmentWith(world_.east, {.scratch = &scratch});
  env.limits = {.copy_buffer_bytes = 64};
  CheckpointDraft draft(env, 0, {});
  ASSERT_THAT(Fill(draft), Succeeded());
  EXPECT_THAT(world_.Run(draft.Publish({}, world_.target(), kDraftPath)),
              FailedWith(ErrorCode::kInternal, "a temporary file has lost its end"));
  EXPECT_FALSE(world_.target().objects().contains(kDraftPath.text()));
}

}  // namespace
}  // namespace lakeferry::engine
