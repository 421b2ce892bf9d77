// The columns of a classic checkpoint as we write it: those of the protocol ("Checkpoint Schema"), in the order, with
// the types and the nullability of Spark's own. Stateless.
#pragma once

#include <arrow/type_fwd.h>

#include <memory>

namespace lakeferry::parquet {

// The top-level columns of CheckpointSchema, by their place.
enum class ActionKind { kTxn, kAdd, kRemove, kMetadata, kProtocol, kDomainMetadata };
inline constexpr int kActionKinds = 6;

// One struct a kind of action. Every field may be null but the keys of maps.
[[nodiscard]] std::shared_ptr<arrow::Schema> CheckpointSchema();

}  // namespace lakeferry::parquet
