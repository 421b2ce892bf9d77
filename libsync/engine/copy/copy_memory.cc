#include "engine/copy/copy_memory.h"

#include <algorithm>
#include <optional>
#include <set>

#include "async/event.h"

namespace lakeferry::engine {

CopyMemory::Loan::Loan(CopyMemory* owner, std::string group, size_t bytes)
    : owner_(owner), group_(std::move(group)), bytes_(bytes) {
  owner_->lent_ += bytes;
  Lent& lent = owner_->lent_to_[group_];
  lent.bytes += bytes;
  lent.filling += bytes;
}

CopyMemory::Loan& CopyMemory::Loan::operator=(Loan&& other) noexcept {
  if (this == &other) return *this;
  End();
  buffer = std::exchange(other.buffer, Buffer());
  owner_ = std::exchange(other.owner_, nullptr);
  group_ = std::move(other.group_);
  bytes_ = std::exchange(other.bytes_, 0);
  filling_ = other.filling_;
  return *this;
}

void CopyMemory::Loan::Filled() {
  if (owner_ == nullptr || !std::exchange(filling_, false)) return;
  owner_->lent_to_.at(group_).filling -= bytes_;
  owner_->ServeWaiting();
}

void CopyMemory::Loan::End() {
  Filled();
  CopyMemory* const owner = std::exchange(owner_, nullptr);
  if (owner != nullptr) owner->GiveBack(group_, bytes_, std::exchange(buffer, Buffer()));
}

// One who waits, in its own coroutine.
struct CopyMemory::Waiter {
  Waiter(CopyMemory& memory, std::string of_group, size_t wanted)
      : owner(memory), group(std::move(of_group)), bytes(wanted), come(memory.executor_) {
    place = owner.waiting_.insert(owner.waiting_.end(), this);
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    if (!loan) owner.waiting_.erase(place);
  }

  CopyMemory& owner;
  const std::string group;
  const size_t bytes;
  Event come;
  std::optional<Loan> loan;
  std::list<Waiter*>::iterator place;
};

CopyMemory::Lent CopyMemory::LentTo(const std::string& group) const {
  const auto found = lent_to_.find(group);
  return found == lent_to_.end() ? Lent{} : found->second;
}

bool CopyMemory::MayHave(const std::string& group, size_t bytes) const {
  if (lent_ == 0) return true;
  const size_t free = bytes_ - std::min(lent_, bytes_);
  if (bytes > free) return false;
  const Lent lent = LentTo(group);
  if (lent.bytes == 0) return true;
  const bool has_share = lent.bytes + bytes > 2 * (free - bytes);
  const bool fills_share = lent.filling > 0 && lent.filling + bytes > bytes_ / 3;
  return !has_share && !fills_share;
}

Task<CopyMemory::Loan> CopyMemory::Borrow(std::string group, size_t bytes) {
  Waiter waiter(*this, std::move(group), bytes);
  ServeWaiting();
  if (!waiter.loan) co_await waiter.come.Wait();
  Loan loan = *std::move(waiter.loan);
  loan.buffer = Find(bytes);
  co_return loan;
}

// Memory of just this size serves again; the rest of what has served makes room.
Buffer CopyMemory::Find(size_t bytes) {
  const auto found = std::ranges::find(spares_, bytes, &Buffer::capacity);
  if (found != spares_.end()) {
    Buffer spare = std::move(*found);
    spares_.erase(found);
    spare_bytes_ -= bytes;
    return spare;
  }
  while (!spares_.empty() && lent_ + spare_bytes_ > bytes_) {
    spare_bytes_ -= spares_.front().capacity();
    spares_.erase(spares_.begin());
  }
  return Buffer(bytes);
}

void CopyMemory::GiveBack(const std::string& group, size_t bytes, Buffer buffer) {
  lent_ -= bytes;
  const auto entry = lent_to_.find(group);
  entry->second.bytes -= bytes;
  if (entry->second.bytes == 0) lent_to_.erase(entry);
  if (buffer.capacity() == bytes) {
    spares_.push_back(std::move(buffer));
    spare_bytes_ += bytes;
  }
  ServeWaiting();
  if (lent_ == 0) DropSpares();
}

// In their order; but who may not have more than his share lets those of other groups pass.
void CopyMemory::ServeWaiting() {
  std::set<std::string> passed;
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    Waiter& waiter = **at++;
    if (passed.contains(waiter.group)) continue;
    if (!MayHave(waiter.group, waiter.bytes)) {
      if (LentTo(waiter.group).bytes == 0) return;
      passed.insert(waiter.group);
      continue;
    }
    waiting_.erase(waiter.place);
    waiter.loan.emplace(Loan(this, waiter.group, waiter.bytes));
    waiter.come.Set();
  }
}

void CopyMemory::DropSpares() {
  spares_.clear();
  spare_bytes_ = 0;
}

}  // namespace lakeferry::engine
