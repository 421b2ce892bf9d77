#include "engine/log/range_fold.h"

#include <functional>
#include <utility>
#include <vector>

#include "async/offload.h"
#include "engine/log/base_files.h"
#include "engine/log/commits_ahead.h"

namespace lakeferry::engine {
namespace {

// Ends the reading where actions take more than is folded at once.
class RoomForOne final : public delta::ActionShelf {
 public:
  RoomForOne(delta::ActionShelf* shelf, size_t bytes_max) : shelf_(shelf), bytes_max_(bytes_max) {}

  [[nodiscard]] bool full() const { return bytes_ > bytes_max_; }
  Result<int64_t> Put(delta::AddFile& add) override {
    LF_TRY_OK(Take(FoldedBytes(add.path, add.deletion_vector)));
    return shelf_->Put(add);
  }
  Result<int64_t> Put(delta::RemoveFile& remove) override {
    LF_TRY_OK(Take(FoldedBytes(remove.path, remove.deletion_vector)));
    return shelf_->Put(remove);
  }
  Result<bool> Wants(delta::AddCdcFile& cdc) override {
    LF_TRY_OK(Take(FoldedBytes(cdc.path, std::nullopt)));
    return shelf_->Wants(cdc);
  }

 private:
  Status Take(size_t bytes) {
    bytes_ += bytes;
    if (!full()) return {};
    return Fail(ErrorCode::kUnsupportedTable, "the commits name more files than are folded at once");
  }

  delta::ActionShelf* shelf_;
  size_t bytes_max_;
  size_t bytes_ = 0;
};

class RangeFold {
 public:
  RangeFold(const Environment& env, CommitRange range, FileNamer namer, RangeShelf* shelf, NetSink* sink)
      : env_(env), range_(range), namer_(std::move(namer)), shelf_(shelf), sink_(sink) {}

  Task<Result<FoldedRange>> Run(Call call) {
    LF_CO_TRY(std::optional<Extent> extent, co_await InOneNet(call));
    if (!extent) {
      shelf_->BeginAnew();
      folded_ = {};
      LF_CO_TRY(extent, co_await InShares(call));
    }
    folded_.extent = *extent;
    co_return std::move(folded_);
  }

 private:
  using Extent = FoldedRange::Extent;

  // What a commit comes to: the next one, or nothing more.
  enum class Step { kOn, kNeedsShares, kTooMany, kUnknown };

  [[nodiscard]] std::vector<Version> Versions() const {
    std::vector<Version> versions;
    for (Version version = range_.first; version <= range_.last; version = version.Next()) versions.push_back(version);
    return versions;
  }

  // Each goes through `step`, in order, as long as that is for going on; how the last one went.
  Task<Result<Step>> ForEach(Call call, std::function<Task<Result<Step>>(Version, OpenCommit)> step) {
    Step last = Step::kOn;
    const auto take = [&step, &last](Version version, OpenCommit commit) {
      return KeepStep(step(version, std::move(commit)), last);
    };
    LF_CO_TRY_OK(co_await TakeCommits(call, range_.log, Versions(), take));
    co_return last;
  }
  static Task<Result<bool>> KeepStep(Task<Result<Step>> step, Step& last) {
    LF_CO_TRY(last, co_await std::move(step));
    co_return last == Step::kOn;
  }

  // Absent where one net would take more than is folded at once.
  Task<Result<std::optional<Extent>>> InOneNet(Call call) {
    RoomForOne room(shelf_, env_.limits.folded_bytes);
    sink_->BeginNet();
    const auto step = [this, &call, &room](Version, OpenCommit commit) {
      return IntoNet(call, room, std::move(commit));
    };
    LF_CO_TRY(const Step last, co_await ForEach(call, step));
    if (last == Step::kNeedsShares) co_return std::nullopt;
    if (last != Step::kOn) co_return last == Step::kTooMany ? Extent::kTooMany : Extent::kUnknown;
    if (range_.base) LF_CO_TRY_OK(co_await LookUpBase(call, range_.log, *range_.base, sink_->net()));
    LF_CO_TRY_OK(co_await EndNet());
    co_return Extent::kWhole;
  }

  Task<Result<Step>> IntoNet(Call call, RoomForOne& room, OpenCommit open) {
    Result<delta::Commit> read = co_await range_.log.ReadCommit(call, std::move(open), &room);
    if (!read && shelf_->full()) co_return Step::kTooMany;
    if (!read && room.full()) co_return Step::kNeedsShares;
    LF_CO_TRY(delta::Commit commit, std::move(read));
    LF_CO_TRY(const bool known, TakeShape(commit));
    if (!known) co_return Step::kUnknown;
    const bool removes = !commit.removes.empty();
    LF_CO_TRY_OK(sink_->Take(std::move(commit), removes));
    co_return Step::kOn;
  }

  Task<Result<Step>> IntoShares(Call call, ActionShares& shares, Version version, OpenCommit open) {
    const std::string where = open.where;
    delta::CommitCollector rest(where);
    SharingSink sink(version, &shares, &rest);
    const Status fed = co_await range_.log.Feed(call, std::move(open), sink);
    if (!fed && (shelf_->full() || shares.full())) co_return Step::kTooMany;
    LF_CO_TRY_OK(fed);
    shares.EndCommit(version);
    LF_CO_TRY(delta::Commit commit, std::move(rest).Finish());
    LF_CO_TRY(const bool known, TakeShape(commit));
    co_return known ? Step::kOn : Step::kUnknown;
  }

  Task<Result<Extent>> InShares(Call call) {
    ActionShares shares(env_, namer_, shelf_, range_.newest_at_base_ms);
    const auto step = [this, &call, &shares](Version version, OpenCommit commit) {
      return IntoShares(call, shares, version, std::move(commit));
    };
    LF_CO_TRY(const Step last, co_await ForEach(call, step));
    if (last != Step::kOn) co_return last == Step::kTooMany ? Extent::kTooMany : Extent::kUnknown;
    LF_CO_TRY(const std::optional<SharedOutBase> base, co_await BaseOf(call, shares));
    for (size_t share = 0; share < kShares; ++share) {
      auto fold = [this, &shares, &base, share] { return FoldShare(shares, base, share); };
      LF_CO_TRY_OK(co_await Offload(env_.pool, fold));
      LF_CO_TRY_OK(co_await EndNet());
    }
    co_return Extent::kWhole;
  }

  // Where any net asks for it, all are settled by it, as one would be.
  Task<Result<std::optional<SharedOutBase>>> BaseOf(Call call, const ActionShares& shares) {
    std::optional<SharedOutBase> base;
    if (!range_.base || !shares.may_need_base()) co_return base;
    bool asks = false;
    for (size_t share = 0; share < kShares && !asks; ++share) {
      auto fold = [this, &shares, &base, share] { return FoldShare(shares, base, share); };
      LF_CO_TRY_OK(co_await Offload(env_.pool, fold));
      asks = AsksForBase(sink_->net());
    }
    if (!asks) co_return base;
    base.emplace(env_, namer_);
    LF_CO_TRY_OK(co_await base->Read(call, range_.log, *range_.base));
    co_return std::move(base);
  }

  // Blocking.
  Status FoldShare(const ActionShares& shares, const std::optional<SharedOutBase>& base, size_t share) {
    sink_->BeginNet();
    const auto place_of = [this](Version version) { return range_.log.PlaceOf(version); };
    const auto take = [this](delta::Commit commit, bool removes) { return sink_->Take(std::move(commit), removes); };
    LF_TRY_OK(shares.Give(share, place_of, take));
    return base ? base->Settle(share, sink_->net()) : Status{};
  }

  Task<Status> EndNet() {
    folded_.in_doubt = folded_.in_doubt || sink_->net().NeedsBase();
    auto end = [this] { return sink_->EndNet(); };
    co_return co_await Offload(env_.pool, end);
  }

  // Takes out of the commit what is no file action. False for a protocol that is not known.
  Result<bool> TakeShape(delta::Commit& commit) {
    delta::Commit shape;
    shape.protocol = std::exchange(commit.protocol, std::nullopt);
    shape.metadata = std::exchange(commit.metadata, std::nullopt);
    shape.txns = std::exchange(commit.txns, {});
    shape.domains = std::exchange(commit.domains, {});
    if (shape.protocol) folded_.protocols.push_back(*shape.protocol);
    if (shape.protocol && !sink_->Knows(*shape.protocol)) return false;
    LF_TRY_OK(folded_.shape.Apply(std::move(shape)));
    return true;
  }

  const Environment& env_;
  CommitRange range_;
  FileNamer namer_;
  RangeShelf* shelf_;
  NetSink* sink_;
  FoldedRange folded_;
};

}  // namespace

Task<Result<FoldedRange>> FoldRange(Call call, const Environment& env, CommitRange range, FileNamer namer,
                                    RangeShelf* shelf, NetSink* sink) {
  RangeFold fold(env, range, std::move(namer), shelf, sink);
  co_return co_await fold.Run(call);
}

}  // namespace lakeferry::engine
