// ActionFeed: batches of a checkpoint's rows as actions for a sink. One thread.
#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <tuple>

#include "base/result.h"
#include "delta/commit_json.h"
#include "delta/kept_actions.h"

namespace lakeferry::parquet {

class ActionFeed {
 public:
  // `sink` must outlive the feed.
  explicit ActionFeed(delta::ActionSink& sink) : sink_(sink), kept_(sink.file_seed()) {}

  // Feeds the actions of `batch`, in the order of its rows. A row without an action that is known is passed over.
  // kCorruptLog, without a place: a column of the wrong type, a required field that is null, a row with two actions.
  // An error of the sink is returned as it is.
  [[nodiscard]] Status Feed(const arrow::RecordBatch& batch);

 private:
  delta::ActionSink& sink_;
  delta::KeptActions kept_;
  // One of each kind, filled anew for every row: what a sink does not move away need not be allocated again.
  std::tuple<delta::AddFile, delta::RemoveFile, delta::Metadata, delta::Protocol, delta::Txn, delta::DomainMetadata,
             delta::Sidecar, int64_t>
      actions_;
};

}  // namespace lakeferry::parquet
