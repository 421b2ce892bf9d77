#include "engine/log/commits_ahead.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "async/in_order.h"
#include "engine/log/read_text.h"
#include "env/store_calls.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kAhead = 32;
// A longer text is read in its turn, in pieces.
constexpr size_t kReadAheadBytes = size_t{256} << 10;

class CommitsAhead {
 public:
  CommitsAhead(const TableLog& log, std::vector<Version> order, CommitTaker take)
      : log_(log), order_(std::move(order)), take_(std::move(take)), places_(kAhead) {}

  Task<Status> Run(Call call) {
    co_return co_await InOrder(std::min(kAhead, order_.size()),
                               {.next = [this](size_t number) { return HasNext(number); },
                                .work = [this, &call](size_t number) { return Open(call, number); },
                                .take = [this](size_t number) { return Take(number); }});
  }

 private:
  Task<Result<bool>> HasNext(size_t number) { co_return !enough_ && number < order_.size(); }

  Task<Status> Open(Call call, size_t number) {
    places_[number % kAhead] = co_await Read(call, order_[number]);
    co_return Status{};  // what failed is told in its turn
  }

  Task<Result<OpenCommit>> Read(Call call, Version version) const {
    LF_CO_TRY(OpenCommit commit, co_await log_.Open(call, version));
    if (std::cmp_greater(commit.object->size_bytes(), kReadAheadBytes)) co_return commit;
    LF_CO_TRY(std::string text, co_await ReadAll(call, *commit.object));
    commit.object =
        std::make_unique<ReadText>(commit.object->info(), std::make_shared<const std::string>(std::move(text)));
    co_return commit;
  }

  Task<Status> Take(size_t number) {
    std::optional<Result<OpenCommit>> commit = std::exchange(places_[number % kAhead], std::nullopt);
    if (enough_) co_return Status{};
    LF_CO_TRY(OpenCommit open, *std::move(commit));
    LF_CO_TRY(const bool more, co_await take_(order_[number], std::move(open)));
    enough_ = !more;
    co_return Status{};
  }

  const TableLog& log_;
  std::vector<Version> order_;
  CommitTaker take_;
  std::vector<std::optional<Result<OpenCommit>>> places_;
  bool enough_ = false;
};

}  // namespace

Task<Status> TakeCommits(Call call, const TableLog& log, std::vector<Version> order, CommitTaker take) {
  CommitsAhead ahead(log, std::move(order), std::move(take));
  co_return co_await ahead.Run(call);
}

}  // namespace lakeferry::engine
