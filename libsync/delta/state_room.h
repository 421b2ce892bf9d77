// Room for what a table's log says of writers and domains (txn, domainMetadata), which is kept in memory whole: a bound
// that no writer comes near to, where commits may hold any number of them.
#pragma once

#include <cstddef>
#include <utility>

#include "base/result.h"
#include "delta/action.h"

namespace lakeferry::delta {

// Names and configurations of all that is kept, and 256 bytes for each.
inline constexpr size_t kTableStateBytesMax = size_t{32} << 20;

class StateRoom {
 public:
  // What is kept from now on: kUnsupportedTable where there is no room for it.
  [[nodiscard]] Status Take(const Txn& txn) { return Take(BytesOf(txn)); }
  [[nodiscard]] Status Take(const DomainMetadata& domain) { return Take(BytesOf(domain)); }
  // What is not kept any more.
  void Give(const Txn& txn) { used_ -= BytesOf(txn); }
  void Give(const DomainMetadata& domain) { used_ -= BytesOf(domain); }

 private:
  static constexpr size_t kEach = 256;
  static size_t BytesOf(const Txn& txn) { return kEach + 2 * txn.app_id.size(); }
  static size_t BytesOf(const DomainMetadata& domain) {
    return kEach + 2 * domain.domain.size() + domain.configuration.size();
  }
  Status Take(size_t bytes) {
    used_ += bytes;
    if (used_ <= kTableStateBytesMax) return {};
    return Fail(ErrorCode::kUnsupportedTable,
                "the transactions (txn) and domains (domainMetadata) of the table take more than 32 MiB", {},
                "restore the table to a version before the commit that wrote them");
  }

  size_t used_ = 0;
};

// Keeps `value` by its name, in the place of an earlier one. kUnsupportedTable as above.
template <typename Map, typename Value>
[[nodiscard]] Status KeepNewest(StateRoom& room, Map& kept, typename Map::key_type name, Value&& value) {
  LF_TRY_OK(room.Take(value));
  const auto [place, is_new] = kept.try_emplace(std::move(name));
  if (!is_new) room.Give(place->second);
  place->second = std::forward<Value>(value);
  return {};
}

}  // namespace lakeferry::delta
