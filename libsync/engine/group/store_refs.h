// As whom, and for what, each place of a group is opened.
#pragma once

#include <string>

#include "env/store_factory.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// The table at the source, or a place that its log names files of: that one by the configured credential, for what a
// catalog hands out is good for the table's own folder alone.
[[nodiscard]] StoreRef SourceRef(const plan::TableSpec& table);
[[nodiscard]] StoreRef ImportRef(const plan::TableSpec& table, std::string root);
// The replica, to be written or, where nothing is, with no more right than that.
[[nodiscard]] StoreRef TargetRef(const plan::TableSpec& table, StoreRight right = StoreRight::kWriteTarget);
// The replica's folder, to add data files to it from the sender's side.
[[nodiscard]] StoreRef PlaceRef(const plan::TableSpec& table);
// `right` is one of the two for staging.
[[nodiscard]] StoreRef StagingRef(const plan::GroupSpec& group, StoreRight right);

}  // namespace lakeferry::engine
