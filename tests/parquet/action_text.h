// Actions as the lines of text that tests/fixtures/make_tables.py writes for what Spark read from the same file.
// Independent of the code under test and of commit_json.
#pragma once

#include <string>
#include <vector>

#include "delta/commit_json.h"

namespace lakeferry::parquet {

// Keeps every action as a line, and fails when told to.
class TextSink final : public delta::ActionSink {
 public:
  explicit TextSink(bool wants_files = true) : wants_files_(wants_files) {}

  [[nodiscard]] bool wants_files() const override { return wants_files_; }
  Status OnAdd(delta::AddFile&& add) override;
  Status OnRemove(delta::RemoveFile&& remove) override;
  Status OnMetadata(delta::Metadata&& metadata) override;
  Status OnProtocol(delta::Protocol&& protocol) override;
  Status OnTxn(delta::Txn&& txn) override;
  Status OnDomainMetadata(delta::DomainMetadata&& domain) override;
  Status OnSidecar(delta::Sidecar&& sidecar) override;
  Status OnCheckpointMetadata(int64_t version) override;

  // The lines so far, sorted.
  [[nodiscard]] std::vector<std::string> Sorted() const;
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  bool wants_files_;
  std::vector<std::string> lines_;
};

}  // namespace lakeferry::parquet
