// FakeWorker: a group whose passes end as a test says.
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "engine/group/pass.h"

namespace lakeferry::engine {

// Ends as it is told, and walks through the stages as a receiver does.
class FakeWorker : public GroupWorker {
 public:
  FakeWorker(const Environment& env, plan::GroupSpec spec)
      : spec_(std::move(spec)), book_(env, spec_, Role::kReceiver) {}
  Task<Result<PassResult>> RunOnce(Call call) override {
    LF_CO_TRY_OK(co_await book_.Open(call));
    ++passes;
    book_.SetStage(plan::GroupStage::kRecovering);
    if (failure) co_return std::unexpected(*failure);
    if (work) work();
    book_.SetStage(plan::GroupStage::kIdle);
    co_return result;
  }
  Task<Result<bool>> HasNews(Call /*call*/) override {
    ++asked;
    co_return news;
  }
  void Forget() override { forgot = true; }
  [[nodiscard]] const plan::GroupSpec& spec() const override { return spec_; }
  [[nodiscard]] GroupBook& book() override { return book_; }
  std::optional<Error> failure;
  std::function<void()> work;
  bool forgot = false;
  Result<bool> news = false;
  int asked = 0;  // for news
  int passes = 0;
  PassResult result;

 private:
  plan::GroupSpec spec_;
  GroupBook book_;
};

}  // namespace lakeferry::engine
