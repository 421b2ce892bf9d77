// Where things lie below a staging location. PROTOCOL.md section 2 draws it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/object_path.h"

namespace lakeferry::plan {

class StagingLayout {
 public:
  explicit StagingLayout(std::string_view group) : group_(ObjectPath::Of(EncodeSegment(group))) {}

  // <group>/epochs
  [[nodiscard]] ObjectPath Epochs() const { return group_ / "epochs"; }
  // <group>/epochs/<n>
  [[nodiscard]] ObjectPath EpochFolder(Epoch epoch) const { return Epochs() / Number(epoch); }
  [[nodiscard]] ObjectPath Manifest(Epoch epoch) const { return EpochFolder(epoch) / "manifest"; }
  // Parts are named by their content, so that an attempt that was given up leaves none in the way of the next.
  [[nodiscard]] ObjectPath Parts(Epoch epoch) const { return EpochFolder(epoch) / "parts"; }
  [[nodiscard]] ObjectPath Part(Epoch epoch, std::string_view sha256) const { return Parts(epoch) / sha256; }
  // <group>/data, <group>/data/<n>: everything below goes when the epoch has its receipt.
  [[nodiscard]] ObjectPath Data() const { return group_ / "data"; }
  [[nodiscard]] ObjectPath DataFolder(Epoch epoch) const { return Data() / Number(epoch); }
  // <group>/data/<n>/<table>
  [[nodiscard]] ObjectPath TableData(Epoch epoch, std::string_view table) const {
    return DataFolder(epoch) / EncodeSegment(table);
  }
  [[nodiscard]] ObjectPath Receipts() const { return group_ / "receipts"; }
  [[nodiscard]] ObjectPath Receipt(Epoch epoch) const { return Receipts() / Number(epoch); }

  // <group>/owner: which sender works for the group.
  [[nodiscard]] ObjectPath Owner() const { return group_ / "owner"; }
  // <group>/placing/<digest of a target's URI>: the group's sender may place files there by itself.
  [[nodiscard]] ObjectPath Placing(std::string_view target_uri) const;
  // <group>/clock: written over and over, to see what time the store has.
  [[nodiscard]] ObjectPath ClockProbe() const { return group_ / "clock"; }

  // 20 digits, so that names sort as numbers do.
  [[nodiscard]] static std::string Number(Epoch epoch);
  // The inverse; absent for any other name.
  [[nodiscard]] static std::optional<Epoch> ParseNumber(std::string_view name);

 private:
  ObjectPath group_;
};

}  // namespace lakeferry::plan
