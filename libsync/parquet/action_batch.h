// One batch of a checkpoint's rows as actions. Holds the batch; used by one thread and dropped before the next batch.
#pragma once

#include <arrow/type_fwd.h>

#include <memory>

#include "base/result.h"
#include "delta/commit_json.h"

namespace lakeferry::parquet {

// Feeds the actions of `batch`, in the order of its rows, to `sink`. A row without an action that is known is passed
// over. kCorruptLog, without a place: a column of the wrong type, a required field that is null, a row with two
// actions. An error of `sink` is returned as it is.
[[nodiscard]] Status FeedActions(const std::shared_ptr<arrow::RecordBatch>& batch, delta::ActionSink& sink);

}  // namespace lakeferry::parquet
