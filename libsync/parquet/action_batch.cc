#include "parquet/action_batch.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>

#include "parquet/action_rows.h"
#include "parquet/arrow_status.h"

namespace lakeferry::parquet {
namespace {

// The column called `name` of a batch, every row null where there is none. kCorruptLog: two of that name, or no struct.
Result<StructColumn> ActionColumn(const arrow::RecordBatch& batch, const std::string& name) {
  const auto indices = batch.schema()->GetAllFieldIndices(name);
  if (indices.size() > 1) return CorruptCheckpoint("the checkpoint has two columns named " + name, {});
  return StructColumn::Make(name, indices.empty() ? nullptr : batch.column(indices.front()));
}

// One kind of action: where it is, how a row of it is read and who receives it.
class Kind {
 public:
  virtual ~Kind() = default;
  [[nodiscard]] virtual bool Has(int64_t row) const = 0;
  [[nodiscard]] virtual Status Feed(int64_t row, delta::ActionSink& sink) const = 0;
};

template <typename Rows, auto kReceive>
class KindOf final : public Kind {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Kind>> Make(const arrow::RecordBatch& batch, const char* name) {
    auto kind = std::make_unique<KindOf>();
    LF_TRY(kind->struct_, ActionColumn(batch, name));
    LF_TRY(kind->rows_, Rows::Make(kind->struct_));
    return kind;
  }
  [[nodiscard]] bool Has(int64_t row) const override { return !struct_.IsNull(row); }
  [[nodiscard]] Status Feed(int64_t row, delta::ActionSink& sink) const override {
    LF_TRY(auto action, rows_.Row(row));
    return (sink.*kReceive)(std::move(action));
  }

 private:
  StructColumn struct_;
  Rows rows_;
};

using Kinds = std::array<std::unique_ptr<Kind>, 8>;

Result<Kinds> AllKinds(const arrow::RecordBatch& batch) {
  using delta::ActionSink;
  Kinds kinds;
  LF_TRY(kinds[0], KindOf<AddRows, &ActionSink::OnAdd>::Make(batch, "add"));
  LF_TRY(kinds[1], KindOf<RemoveRows, &ActionSink::OnRemove>::Make(batch, "remove"));
  LF_TRY(kinds[2], KindOf<MetadataRows, &ActionSink::OnMetadata>::Make(batch, "metaData"));
  LF_TRY(kinds[3], KindOf<ProtocolRows, &ActionSink::OnProtocol>::Make(batch, "protocol"));
  LF_TRY(kinds[4], KindOf<TxnRows, &ActionSink::OnTxn>::Make(batch, "txn"));
  LF_TRY(kinds[5], KindOf<DomainMetadataRows, &ActionSink::OnDomainMetadata>::Make(batch, "domainMetadata"));
  LF_TRY(kinds[6], KindOf<SidecarRows, &ActionSink::OnSidecar>::Make(batch, "sidecar"));
  LF_TRY(kinds[7],
         KindOf<CheckpointMetadataRows, &ActionSink::OnCheckpointMetadata>::Make(batch, "checkpointMetadata"));
  return kinds;
}

}  // namespace

Status FeedActions(const std::shared_ptr<arrow::RecordBatch>& batch, delta::ActionSink& sink) {
  LF_TRY(const Kinds kinds, AllKinds(*batch));
  for (int64_t row = 0; row < batch->num_rows(); ++row) {
    const Kind* found = nullptr;
    for (const auto& kind : kinds) {
      if (!kind->Has(row)) continue;
      if (found != nullptr) return CorruptCheckpoint("a row of the checkpoint holds two actions", {});
      found = kind.get();
    }
    if (found == nullptr) continue;
    LF_TRY_OK(found->Feed(row, sink));
  }
  return {};
}

}  // namespace lakeferry::parquet
