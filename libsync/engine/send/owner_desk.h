// OwnerDesk: the owner's mark in a group's staging, by which a second sender is noticed that has a metadata store of
// its own. Looked at when a sender begins with the group, and when an epoch appears that it has not staged.
#pragma once

#include <string>

#include "engine/environment.h"
#include "engine/group/group_book.h"
#include "engine/group/pass.h"
#include "engine/staging/staging_area.h"
#include "plan/document/owner_mark.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// What it is given must outlive its tasks.
class OwnerDesk {
 public:
  OwnerDesk(const Environment& env, const plan::GroupSpec& spec, GroupBook& book)
      : env_(env), spec_(spec), book_(book) {}

  // Puts the mark where there is none, or where the claim takes it over; the record knows it then. kRefused where it is
  // another's. One request where the mark is there and our own; none once that is known, unless a group is taken over.
  // A process without a name (Environment::home) leaves no mark and respects none.
  Task<Status> Settle(Call call, const StagingArea& staging, Claim claim);
  // The next call looks again.
  void Forget() { settled_ = false; }

 private:
  Task<Status> Look(Call call, const StagingArea& staging, Claim claim);
  Task<Status> Judge(Call call, const StagingArea& staging, Claim claim, std::string text);
  Task<Status> TakeOver(Call call, const StagingArea& staging, std::string from);
  Task<Status> Put(Call call, const StagingArea& staging, plan::OwnerMark mark);
  Task<Status> Note(Call call, std::string id);
  // What this sender would put.
  [[nodiscard]] plan::OwnerMark Own() const;
  [[nodiscard]] std::string DrawId() const;
  [[nodiscard]] std::string Where(const StagingArea& staging) const;

  const Environment& env_;
  const plan::GroupSpec& spec_;
  GroupBook& book_;
  bool settled_ = false;
};

}  // namespace lakeferry::engine
