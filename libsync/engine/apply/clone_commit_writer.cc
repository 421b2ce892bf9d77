#include "engine/apply/clone_commit_writer.h"

#include <algorithm>
#include <set>
#include <utility>

#include "delta/commit_times.h"
#include "delta/table_features.h"

namespace lakeferry::engine {
namespace {

using Match = delta::FileFingerprints::Match;

}  // namespace

// Turns records into lines as they come; the sender writes protocol, metaData and the rest before the first file
// action. With a whole table over an existing replica, files that are there already are
// taken out of the replica's set; what is left in it at the end is to be removed.
class CloneCommitWriter::Sink : public plan::PartSink {
 public:
  explicit Sink(CloneCommitWriter* writer) : writer_(writer) {}

  Status OnProtocol(delta::Protocol&& protocol) override {
    protocol_ = std::move(protocol);
    return {};
  }
  Status OnMetadata(delta::Metadata&& metadata) override {
    metadata_ = std::move(metadata);
    return {};
  }
  Status OnDomainMetadata(delta::DomainMetadata&& domain) override {
    if (whole_over_existing()) {
      const auto there = writer_->replica_->snapshot.domains.find(domain.domain);
      const bool same = there != writer_->replica_->snapshot.domains.end() && there->second == domain;
      domains_.insert(domain.domain);
      if (same) return {};
    }
    lines_.push_back(delta::ToLine(domain));
    return {};
  }
  Status OnTxn(delta::Txn&& txn) override {
    if (txn.app_id == plan::MarkerAppId(writer_->facts_.group)) return {};
    if (whole_over_existing()) {
      const auto there = writer_->replica_->snapshot.txns.find(txn.app_id);
      if (there != writer_->replica_->snapshot.txns.end() && there->second.version == txn.version) return {};
    }
    lines_.push_back(delta::ToLine(txn));
    return {};
  }
  Status OnRemove(delta::RemoveFile&& remove) override {
    const bool flag = writer_->table_.removes_change_data;
    if (writer_->context_.names != nullptr) LF_TRY_OK(writer_->context_.names->Rename(remove));
    lines_.push_back(delta::ToLine(plan::ReplicaRemove(std::move(remove), writer_->context_.tombstones, flag)));
    return {};
  }
  Status OnAdd(delta::AddFile&& add) override {
    writer_->newest_row_commit_ = std::max(writer_->newest_row_commit_, add.default_row_commit_version.value_or(-1));
    add.data_change = add.data_change && writer_->table_.data_change;
    if (writer_->context_.names != nullptr) LF_TRY_OK(Rename(add));
    if (whole_over_existing()) {
      LF_TRY(const Match there, writer_->replica_->files->Take(add));
      if (there == Match::kSame) return {};
      if (there == Match::kOther) add.data_change = false;  // its rows are there already
    }
    lines_.push_back(delta::ToLine(add));
    return {};
  }

  [[nodiscard]] bool whole_over_existing() const {
    return !writer_->table_.base_version && writer_->replica_.has_value();
  }
  [[nodiscard]] const std::optional<delta::Protocol>& protocol() const { return protocol_; }
  [[nodiscard]] const std::optional<delta::Metadata>& metadata() const { return metadata_; }
  [[nodiscard]] const std::set<std::string>& domains() const { return domains_; }
  std::vector<std::string> TakeLines() { return std::exchange(lines_, {}); }

 private:
  // What the clone has of the same file under another name goes.
  Status Rename(delta::AddFile& add) {
    LF_TRY(const std::optional<delta::AddFile> before, writer_->context_.names->Rename(add));
    if (!before) return {};
    const bool flag = writer_->table_.removes_change_data;
    lines_.push_back(delta::ToLine(plan::RemoveOf(*before, writer_->context_.tombstones, flag)));
    return {};
  }

  CloneCommitWriter* writer_;
  std::optional<delta::Protocol> protocol_;
  std::optional<delta::Metadata> metadata_;
  std::set<std::string> domains_;
  std::vector<std::string> lines_;
};

CloneCommitWriter::CloneCommitWriter(ApplyContext context, const plan::ManifestTable& table,
                                     plan::CloneCommitFacts facts, Version version, std::optional<ReplicaState> replica)
    : context_(context), table_(table), facts_(std::move(facts)), version_(version), replica_(std::move(replica)) {}

CloneCommitWriter::~CloneCommitWriter() = default;

Task<Status> CloneCommitWriter::WriteTo(Call call, CommitStream& out) {
  LF_CO_TRY_OK(co_await out.Append(call, plan::CommitInfoLine(facts_)));
  Sink sink(this);
  LF_CO_TRY_OK(co_await ReadParts(call, sink, out));
  if (sink.whole_over_existing()) LF_CO_TRY_OK(co_await WriteLeftOver(call, sink, out));
  LF_CO_TRY_OK(co_await out.Append(call, plan::MarkerLine(facts_)));
  co_return Status{};
}

Task<Status> CloneCommitWriter::ReadParts(Call call, Sink& sink, CommitStream& out) {
  const Epoch epoch = context_.epoch->manifest.epoch;
  bool first = true;
  for (const plan::ManifestPart& part : table_.parts) {
    LF_CO_TRY_OK(co_await context_.staging->ReadPart(call, epoch, part, sink));
    if (first) {
      // The sender writes protocol and metaData before anything else, so the first part holds them if any does.
      for (std::string& line : Header(sink)) LF_CO_TRY_OK(co_await out.Append(call, std::move(line)));
      first = false;
    }
    for (std::string& line : sink.TakeLines()) LF_CO_TRY_OK(co_await out.Append(call, std::move(line)));
  }
  co_return Status{};
}

std::vector<std::string> CloneCommitWriter::Header(const Sink& sink) const {
  std::vector<std::string> lines;
  if (sink.protocol()) {
    const delta::Protocol wanted = delta::StripForClone(*sink.protocol());
    const delta::Protocol protocol = replica_ ? delta::MergeProtocol(replica_->snapshot.protocol, wanted) : wanted;
    if (!replica_ || protocol != replica_->snapshot.protocol) lines.push_back(delta::ToLine(protocol));
  }
  if (sink.metadata()) {
    const auto present = replica_ ? std::optional(replica_->snapshot.metadata) : std::nullopt;
    delta::Metadata metadata = plan::ReplicaMetadata(*sink.metadata(), present, facts_.group, facts_.table);
    const bool newly_on = facts_.in_commit_timestamp_ms && replica_ &&
                          !delta::InCommitTimestampsOn(replica_->snapshot.protocol, replica_->snapshot.metadata);
    if (newly_on) plan::MarkInCommitEra(metadata, version_, *facts_.in_commit_timestamp_ms);
    if (!replica_ || metadata != replica_->snapshot.metadata) lines.push_back(delta::ToLine(metadata));
  }
  return lines;
}

Task<Status> CloneCommitWriter::WriteLeftOver(Call call, const Sink& sink, CommitStream& out) {
  for (const auto& [name, there] : replica_->snapshot.domains) {
    if (sink.domains().contains(name)) continue;
    delta::DomainMetadata gone = there;
    gone.removed = true;
    LF_CO_TRY_OK(co_await out.Append(call, delta::ToLine(gone)));
  }
  while (true) {
    LF_CO_TRY(const std::vector<delta::AddFile> gone, co_await replica_->files->NextLeftOver());
    if (gone.empty()) co_return Status{};
    for (const delta::AddFile& add : gone) {
      const auto remove = plan::RemoveOf(add, context_.tombstones, table_.removes_change_data);
      LF_CO_TRY_OK(co_await out.Append(call, delta::ToLine(remove)));
    }
  }
}

}  // namespace lakeferry::engine
