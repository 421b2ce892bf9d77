#include "parquet/action_batch.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "parquet/action_rows.h"
#include "parquet/arrow_status.h"

namespace lakeferry::parquet {
namespace {

// So many rows are in memory as actions, for a sink that does better with many adds at a time.
constexpr int64_t kRowsTogether = 256;

// The column called `name` of a batch, every row null where there is none. kCorruptLog: two of that name, or no struct.
Result<StructColumn> ActionColumn(const arrow::RecordBatch& batch, const std::string& name) {
  const auto indices = batch.schema()->GetAllFieldIndices(name);
  if (indices.size() > 1) return CorruptCheckpoint("the checkpoint has two columns named " + name, {});
  return StructColumn::Make(name, indices.empty() ? nullptr : batch.column(indices.front()));
}

// One kind of action: where it is, how a row of it is read and who receives it.
class Kind {
 public:
  explicit Kind(StructColumn column) : struct_(std::move(column)) {}
  virtual ~Kind() = default;
  [[nodiscard]] bool Has(int64_t row) const { return !struct_.IsNull(row); }
  [[nodiscard]] virtual Status Feed(int64_t row, delta::ActionSink& sink) = 0;

 private:
  StructColumn struct_;
};

template <typename Rows, typename Action, auto kReceive>
class KindOf final : public Kind {
 public:
  KindOf(StructColumn column, Rows rows, Action& action)
      : Kind(std::move(column)), rows_(std::move(rows)), action_(action) {}
  [[nodiscard]] Status Feed(int64_t row, delta::ActionSink& sink) override {
    Action& action = Memory(sink);
    LF_TRY_OK(rows_.Row(row, action));
    return (sink.*kReceive)(std::move(action));
  }

 private:
  Action& Memory(delta::ActionSink& sink) {
    if constexpr (std::is_same_v<Action, delta::AddFile>) return sink.AddMemory(action_);
    return action_;
  }

  Rows rows_;
  Action& action_;
};

// The kinds that a batch has rows of.
class Kinds {
 public:
  explicit Kinds(const arrow::RecordBatch& batch) : batch_(batch) {}

  template <typename Rows, auto kReceive, typename Action>
  Status Add(const char* name, Action& action) {
    LF_TRY(StructColumn column, ActionColumn(batch_, name));
    LF_TRY(Rows rows, Rows::Make(column));
    if (column.AllNull()) return {};
    kinds_.push_back(std::make_unique<KindOf<Rows, Action, kReceive>>(std::move(column), std::move(rows), action));
    return {};
  }

  // The one action of a row, null for none. kCorruptLog: two.
  [[nodiscard]] Result<Kind*> Of(int64_t row) const {
    Kind* found = nullptr;
    for (const auto& kind : kinds_) {
      if (!kind->Has(row)) continue;
      if (found != nullptr) return CorruptCheckpoint("a row of the checkpoint holds two actions", {});
      found = kind.get();
    }
    return found;
  }

 private:
  const arrow::RecordBatch& batch_;
  std::vector<std::unique_ptr<Kind>> kinds_;
};

}  // namespace

Status ActionFeed::Feed(const arrow::RecordBatch& batch) {
  using delta::ActionSink;
  auto& [add, remove, metadata, protocol, txn, domain, sidecar, version] = actions_;
  Kinds kinds(batch);
  LF_TRY_OK(kinds.Add<AddRows, &ActionSink::OnAdd>("add", add));
  LF_TRY_OK(kinds.Add<RemoveRows, &ActionSink::OnRemove>("remove", remove));
  LF_TRY_OK(kinds.Add<MetadataRows, &ActionSink::OnMetadata>("metaData", metadata));
  LF_TRY_OK(kinds.Add<ProtocolRows, &ActionSink::OnProtocol>("protocol", protocol));
  LF_TRY_OK(kinds.Add<TxnRows, &ActionSink::OnTxn>("txn", txn));
  LF_TRY_OK(kinds.Add<DomainMetadataRows, &ActionSink::OnDomainMetadata>("domainMetadata", domain));
  LF_TRY_OK(kinds.Add<SidecarRows, &ActionSink::OnSidecar>("sidecar", sidecar));
  LF_TRY_OK(kinds.Add<CheckpointMetadataRows, &ActionSink::OnCheckpointMetadata>("checkpointMetadata", version));
  for (int64_t row = 0; row < batch.num_rows(); ++row) {
    LF_TRY(Kind* const kind, kinds.Of(row));
    if (kind != nullptr) LF_TRY_OK(kind->Feed(row, kept_));
    if ((row + 1) % kRowsTogether == 0) LF_TRY_OK(kept_.Give(sink_));
  }
  return kept_.Give(sink_);
}

}  // namespace lakeferry::parquet
