// What a probe sees of stores that lie, each about one thing.
#include "storage/cloud/store_prober.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/manual_clock.h"
#include "tests/support/memory_store.h"
#include "tests/support/run_task.h"

namespace lakeferry {
namespace {

// What a store overlooks: always, or only of two at once.
enum class Overlooks { kNothing, kOfTwoAtOnce, kAlways };

class LyingStore final : public MemoryStore {
 public:
  explicit LyingStore(const Clock* clock) : MemoryStore("mem://probe", clock) { set_part_bytes(4); }

  Overlooks puts = Overlooks::kNothing;
  Overlooks completions = Overlooks::kNothing;
  Overlooks copies = Overlooks::kNothing;
  bool lists = true;
  bool reads = true;
  bool keeps = true;  // what is put

  Task<Result<ListPage>> List(Call call, ListRequest request) override {
    if (!lists) co_return ListPage();
    co_return co_await MemoryStore::List(std::move(call), std::move(request));
  }
  Task<Result<std::string>> Get(Call call, ObjectPath path, size_t limit_bytes) override {
    if (!reads) co_return Fail(ErrorCode::kNotFound, "not yet");
    co_return co_await MemoryStore::Get(std::move(call), std::move(path), limit_bytes);
  }
  Task<Result<PutOutcome>> PutIfAbsent(Call call, ObjectPath path, std::string bytes) override {
    if (!keeps) co_return PutOutcome::kCreated;
    co_await Overlook(puts, path);
    co_return co_await MemoryStore::PutIfAbsent(std::move(call), std::move(path), std::move(bytes));
  }
  Task<Result<CopyOutcome>> CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) override {
    co_await Overlook(copies, path);
    co_return co_await MemoryStore::CopyIfAbsent(std::move(call), std::move(from), std::move(path));
  }
  Task<Result<std::unique_ptr<ObjectWriter>>> Begin(Call call, ObjectPath path, WriteHints hints) override {
    LF_CO_TRY(std::unique_ptr<ObjectWriter> writer, co_await MemoryStore::Begin(std::move(call), path, hints));
    co_return std::make_unique<Writer>(*this, std::move(writer), path);
  }

 private:
  class Writer final : public ObjectWriter {
   public:
    Writer(LyingStore& store, std::unique_ptr<ObjectWriter> writer, ObjectPath path)
        : store_(store), writer_(std::move(writer)), path_(std::move(path)) {}
    [[nodiscard]] size_t part_bytes() const override { return writer_->part_bytes(); }
    Task<Result<Buffer>> Write(Call call, int64_t number, Buffer bytes) override {
      return writer_->Write(std::move(call), number, std::move(bytes));
    }
    Task<Result<bool>> SetModified(Call call, TimeMs modified) override {
      return writer_->SetModified(std::move(call), modified);
    }
    Task<Result<PutOutcome>> CommitIfAbsent(Call call, int64_t size_bytes, ObjectChecksums checksums) override {
      co_await store_.Overlook(store_.completions, path_);
      co_return co_await writer_->CommitIfAbsent(std::move(call), size_bytes, std::move(checksums));
    }
    Task<Status> Abort(Call call) override { return writer_->Abort(std::move(call)); }

   private:
    LyingStore& store_;
    const std::unique_ptr<ObjectWriter> writer_;
    const ObjectPath path_;
  };

  // Makes room for a write that has looked before others ended.
  Task<void> Overlook(Overlooks what, ObjectPath path) {
    const bool free = what == Overlooks::kAlways || !objects().contains(path.text());
    const auto executor = co_await boost::asio::this_coro::executor;
    co_await boost::asio::post(executor, boost::asio::use_awaitable);
    if (what != Overlooks::kNothing && free) objects().erase(path.text());
  }
};

class Answers final : public ProbeQuestions {
 public:
  bool checksums = true;
  bool signatures = true;

  Task<Result<bool>> RefusesWrongChecksum(Call, ObjectPath) override { co_return checksums; }
  Task<Result<bool>> RefusesWrongSignature(Call, ObjectPath) override { co_return signatures; }
};

class StoreProberTest : public ::testing::Test {
 protected:
  Probed Probe() {
    const auto probed = RunTask(ProbeStore({}, store_, answers_));
    EXPECT_TRUE(probed.has_value()) << ToString(probed.error());
    EXPECT_TRUE(store_.objects().empty()) << "nothing is left";
    return probed.value_or(Probed());
  }
  // What is not kept of all that is tried.
  std::vector<std::string> Broken() {
    const Probed probed = Probe();
    std::vector<std::string> broken;
    for (const auto& [name, kept] : std::map<std::string, bool>{{"second put", probed.refuses_second_put},
                                                                {"two puts", probed.one_of_two_puts},
                                                                {"completion", probed.refuses_second_completion},
                                                                {"copy", probed.refuses_second_copy},
                                                                {"checksum", probed.checks_checksums},
                                                                {"signature", probed.checks_signatures},
                                                                {"shows", probed.shows_what_it_took}}) {
      if (!kept) broken.push_back(name);
    }
    return broken;
  }

  ManualClock clock_;
  LyingStore store_{&clock_};
  Answers answers_;
};

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(StoreProberTest, StoreThatKeepsAllIsSafeAndNothingIsLeft) {
  EXPECT_THAT(Broken(), IsEmpty());
  EXPECT_TRUE(Probe().safe());
}

TEST_F(StoreProberTest, EachLieIsSeenAndNoOtherIsToldWithIt) {
  store_.puts = Overlooks::kOfTwoAtOnce;
  EXPECT_THAT(Broken(), ElementsAre("two puts"));
  EXPECT_FALSE(Probe().safe());
  store_.puts = Overlooks::kAlways;
  EXPECT_THAT(Broken(), ElementsAre("second put", "two puts"));
  store_.puts = Overlooks::kNothing;
  store_.completions = Overlooks::kOfTwoAtOnce;
  EXPECT_THAT(Broken(), ElementsAre("completion"));
  EXPECT_TRUE(Probe().safe());
  store_.completions = Overlooks::kAlways;
  EXPECT_THAT(Broken(), ElementsAre("completion"));
  store_.completions = Overlooks::kNothing;
  store_.copies = Overlooks::kOfTwoAtOnce;
  EXPECT_THAT(Broken(), ElementsAre("copy"));
  store_.copies = Overlooks::kAlways;
  EXPECT_THAT(Broken(), ElementsAre("copy"));
  store_.copies = Overlooks::kNothing;
  store_.lists = false;
  EXPECT_THAT(Broken(), ElementsAre("shows"));
  EXPECT_FALSE(Probe().safe());
  store_.lists = true;
  answers_.checksums = false;
  EXPECT_THAT(Broken(), ElementsAre("checksum"));
  answers_.checksums = true;
  answers_.signatures = false;
  EXPECT_THAT(Broken(), ElementsAre("signature"));
}

// What is said of a write and what is there are two things.
TEST_F(StoreProberTest, WhatCannotBeReadIsNotKept) {
  store_.reads = false;
  EXPECT_FALSE(Probe().safe());
}

TEST_F(StoreProberTest, WhatIsNotKeptAtAllIsNotKept) {
  store_.keeps = false;
  EXPECT_THAT(Broken(), ElementsAre("copy", "second put", "shows", "two puts"));
}

TEST_F(StoreProberTest, CopyThatIsNotPossibleIsNotReliedOn) {
  store_.set_copies(false);
  EXPECT_THAT(Broken(), ElementsAre("copy"));
}

TEST_F(StoreProberTest, WhatIsDeniedIsNoVerdict) {
  store_.set_hooks({.before_effect = [](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
    if (operation == StoreOperation::kCopy) co_return Fail(ErrorCode::kUnauthorized, "denied");
    co_return Status();
  }});
  EXPECT_EQ(RunTask(ProbeStore({}, store_, answers_)).error().code, ErrorCode::kUnauthorized);
  EXPECT_TRUE(store_.objects().empty());
}

// Wherever in a step it is denied.
TEST_F(StoreProberTest, WhatIsDeniedToOneOfTwoIsNoVerdict) {
  struct Denied {
    StoreOperation operation;
    std::string name;
    int number;  // of those of that name
  };
  for (const Denied& denied :
       {Denied{StoreOperation::kPutIfAbsent, "race", 1}, Denied{StoreOperation::kPutIfAbsent, "race", 2},
        Denied{StoreOperation::kWrite, "parts", 1}, Denied{StoreOperation::kCommit, "parts", 1},
        Denied{StoreOperation::kCommit, "parts", 2}}) {
    int number = 0;
    store_.set_hooks({.before_effect = [&](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
      const bool asked = operation == denied.operation && path.text().starts_with(denied.name);
      if (asked && ++number == denied.number) co_return Fail(ErrorCode::kUnauthorized, "denied");
      co_return Status();
    }});
    const auto probed = RunTask(ProbeStore({}, store_, answers_));
    ASSERT_FALSE(probed.has_value()) << denied.name << denied.number;
    EXPECT_EQ(probed.error().code, ErrorCode::kUnauthorized);
  }
}

// Missing evidence speaks neither for a store nor against it: the step is taken anew.
TEST_F(StoreProberTest, LostAnswerIsNoVerdict) {
  int lost = -1;
  int writes = 0;
  store_.set_hooks({.after_effect = [&](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
    const bool conditional = operation == StoreOperation::kPutIfAbsent || operation == StoreOperation::kCommit ||
                             operation == StoreOperation::kCopy;
    if (conditional && writes++ == lost) co_return Fail(ErrorCode::kOutcomeUnknown, "lost");
    co_return Status();
  }});
  (void)Probe();
  const int all = writes;
  ASSERT_GT(all, 20);
  for (lost = 0; lost < all; ++lost) {
    writes = 0;
    EXPECT_THAT(Broken(), IsEmpty()) << lost;
  }
}

TEST_F(StoreProberTest, StoreWhoseAnswersAreAllLostIsNotKnown) {
  store_.set_hooks({.after_effect = [](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
    if (operation == StoreOperation::kPutIfAbsent) co_return Fail(ErrorCode::kOutcomeUnknown, "lost");
    co_return Status();
  }});
  const Error error = RunTask(ProbeStore({}, store_, answers_)).error();
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_TRUE(store_.objects().empty());
}

TEST_F(StoreProberTest, StoreThatRefusesAFreshNameIsSaidToBeNone) {
  store_.set_hooks({});
  const auto taken = [this](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
    if (operation == StoreOperation::kPutIfAbsent) store_.Set(path.text(), "another's");
    co_return Status();
  };
  store_.set_hooks({.before_effect = taken});
  EXPECT_EQ(RunTask(ProbeStore({}, store_, answers_)).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace lakeferry
