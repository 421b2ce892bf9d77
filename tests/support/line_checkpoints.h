// Checkpoints as lines of JSON, whatever their name says, for tests without Parquet.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "delta/checkpoint_reader.h"
#include "delta/checkpoint_writer.h"
#include "delta/commit_json.h"

namespace lakeferry {

class LineCheckpointReader final : public delta::CheckpointReader {
 public:
  Status Read(const RandomAccess& file, std::string_view where, delta::ActionSink& sink) const override {
    std::string bytes(static_cast<size_t>(file.size_bytes()), '\0');
    LF_TRY_OK(file.ReadAt(0, bytes));
    return delta::ReadActions(bytes, where, sink);
  }
};

class LineCheckpointWriter final : public delta::CheckpointWriter {
 public:
  [[nodiscard]] std::unique_ptr<delta::CheckpointEncoder> Begin() const override { return std::make_unique<Encoder>(); }

 private:
  class Encoder final : public delta::CheckpointEncoder {
   public:
    Status OnAdd(delta::AddFile&& add) override {
      ++summary_.adds;
      add.data_change = false;
      return Put(add);
    }
    Status OnRemove(delta::RemoveFile&& remove) override {
      remove.data_change = false;
      return Put(remove);
    }
    Status OnMetadata(delta::Metadata&& metadata) override { return Put(metadata); }
    Status OnProtocol(delta::Protocol&& protocol) override { return Put(protocol); }
    Status OnTxn(delta::Txn&& txn) override { return Put(txn); }
    Status OnDomainMetadata(delta::DomainMetadata&& domain) override { return domain.removed ? Status{} : Put(domain); }
    std::string TakeBytes() override { return std::exchange(text_, {}); }
    Result<delta::CheckpointSummary> Finish() override { return summary_; }

   private:
    template <typename Action>
    Status Put(const Action& action) {
      const std::string line = delta::ToLine(action) + "\n";
      ++summary_.actions;
      summary_.bytes += static_cast<int64_t>(line.size());
      text_ += line;
      return {};
    }

    std::string text_;
    delta::CheckpointSummary summary_;
  };
};

}  // namespace lakeferry
