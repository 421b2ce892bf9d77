// CopyMemory: the memory that the parts of all copies of a process have together.
//
// One budget, and not parts that are streamed from socket to socket: a part has its checksum in the header of its
// request, is sent again as a whole after a lost answer, and comes from a read that may break as well; all of that
// needs its bytes until the store has answered. So what is bounded is how many parts are under way.
//
// Nobody who has memory waits for more before he gives it back: a copy borrows for its parts in their order, and its
// first one can be read and written whatever becomes of the rest. So there is always somebody who comes to an end.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "async/task.h"
#include "base/buffer.h"

namespace lakeferry::engine {

// Lives on one executor; must outlive every Loan. Coroutines that wait, or have one, may be destroyed in any order, as
// they are with an executor that ends before them.
class CopyMemory {
 public:
  // With what else a process has, 256 MiB are resident at most.
  static constexpr size_t kBytes = size_t{160} << 20;

  CopyMemory(boost::asio::any_io_executor executor, size_t bytes) : executor_(std::move(executor)), bytes_(bytes) {}
  CopyMemory(const CopyMemory&) = delete;
  CopyMemory& operator=(const CopyMemory&) = delete;

  // Memory that a group has; given back when it dies.
  class Loan {
   public:
    Loan() = default;
    Loan(Loan&& other) noexcept { *this = std::move(other); }
    Loan& operator=(Loan&& other) noexcept;
    ~Loan() { End(); }

    // To be filled and written, for which it may be moved out and in again: what is there at the end serves the next.
    Buffer buffer;

    // That it is full: it is no longer among what its group is filling.
    void Filled();

   private:
    friend class CopyMemory;
    Loan(CopyMemory* owner, std::string group, size_t bytes);
    void End();

    CopyMemory* owner_ = nullptr;
    std::string group_;
    size_t bytes_ = 0;
    bool filling_ = true;
  };

  // Waits until the group may have so many more bytes, which is in its turn among the group's, and while
  //  - nobody has any: also more than there are in all;
  //  - it has none itself, and so many are free;
  //  - it has no more then than twice what is free for all others: where its store does not answer, a third of the
  //    memory is free, and of that a third where another's does not answer either; and it is filling no more then than
  //    a third of all: while it reads from one store that is far it writes to another, and neither line is idle because
  //    all memory waits for the other.
  // Who has nothing and finds too little is passed by nobody. Throws std::bad_alloc.
  Task<Loan> Borrow(std::string group, size_t bytes);

  // What is lent, and what waits for the next.
  [[nodiscard]] size_t resident_bytes() const { return lent_ + spare_bytes_; }

 private:
  struct Waiter;
  struct Lent;
  [[nodiscard]] Lent LentTo(const std::string& group) const;
  [[nodiscard]] bool MayHave(const std::string& group, size_t bytes) const;
  [[nodiscard]] Buffer Find(size_t bytes);
  void GiveBack(const std::string& group, size_t bytes, Buffer buffer);
  void ServeWaiting();
  void DropSpares();

  const boost::asio::any_io_executor executor_;
  const size_t bytes_;
  size_t lent_ = 0;
  struct Lent {
    size_t bytes = 0;
    size_t filling = 0;  // of them
  };
  std::map<std::string, Lent> lent_to_;  // by group; none that has nothing
  std::vector<Buffer> spares_;           // that have served, the oldest first
  size_t spare_bytes_ = 0;
  std::list<Waiter*> waiting_;
};

}  // namespace lakeferry::engine
