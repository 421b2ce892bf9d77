#include "engine/inquire/verifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "async/task_group.h"
#include "base/digest.h"
#include "base/saturated.h"
#include "delta/checkpoint_hint.h"
#include "delta/deletion_vector.h"
#include "delta/file_path.h"
#include "delta/reused_name.h"
#include "engine/compare/live_set_check.h"
#include "engine/copy/object_copy.h"
#include "engine/group/store_refs.h"
#include "engine/group/store_roots.h"
#include "engine/log/log_leftover.h"
#include "engine/staging/staged_answers.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kHintBytesMax = size_t{16} << 20;

class ChecksumRecords : public plan::PartSink {
 public:
  explicit ChecksumRecords(std::map<ObjectPath, uint64_t>* checksums) : checksums_(checksums) {}
  Status OnFile(plan::StagedFile&& file) override {
    checksums_->insert_or_assign(std::move(file.path), file.crc64);
    return {};
  }

 private:
  std::map<ObjectPath, uint64_t>* checksums_;
};

// The name by which the manifests know an object of the replica.
ObjectPath SentAs(const ObjectPath& object, delta::ReplicationMode mode) {
  const auto before = mode == delta::ReplicationMode::kClone ? delta::NameBeforeReuse(object.text()) : std::nullopt;
  return before ? ObjectPath::Make(*before).value_or(object) : object;
}

// A deletion vector's file holds a version byte, then size, payload and checksum of each vector (protocol: "Deletion
// Vector File Storage Format").
int64_t BytesNeeded(const delta::DeletionVector& dv) { return dv.offset.value_or(1) + 4 + dv.size_in_bytes + 4; }

// The version that _last_checkpoint names; absent where there is none that can be read.
Task<Result<std::optional<Version>>> HintedVersion(Call call, ObjectStore& store) {
  const ObjectPath path = ObjectPath::Of(delta::kLogFolder) / delta::kLastCheckpointName;
  const Result<std::string> hint = co_await store.Get(call, path, kHintBytesMax);
  if (hint) co_return delta::ReadCheckpointHint(*hint);
  if (IsTransient(hint.error().code)) co_return std::unexpected(hint.error());
  co_return std::nullopt;
}

// Log files that are not ours and that readers take for what our versions hold. `hinted`: by _last_checkpoint;
// `hadoop`: beside the next commit; `ours`: the receipt is for this very target, so that something of it may go.
std::vector<VerifyProblem> ForeignLogFiles(const delta::LogListing& listing, std::optional<Version> hinted,
                                           std::optional<std::string> hadoop, const plan::ReceiptTable& applied,
                                           delta::ReplicationMode mode, bool ours) {
  const Version newest = listing.commits.back().first;
  std::vector<std::string> names = FilesBeyond(listing, newest);
  // A mirror brings no checksums; on a clone they may be of VACUUM's own entries.
  for (const auto& [version, file] : listing.checksums) {
    if (mode == delta::ReplicationMode::kMirror && version <= applied.replica_version) names.push_back(file.name);
  }
  if (hadoop) names.push_back(*std::move(hadoop));
  if (hinted && *hinted > newest) names.emplace_back(delta::kLastCheckpointName);
  std::vector<VerifyProblem> problems;
  problems.reserve(names.size());
  for (const std::string& name : names) {
    problems.push_back({.table = applied.name,
                        .path = fmt::format("{}/{}", delta::kLogFolder, name),
                        .problem = fmt::format("somebody else has left it, and it leads readers astray{}",
                                               ours ? ": delete it" : "")});
  }
  return problems;
}

std::optional<plan::ManifestTable> FindTable(const plan::Manifest& manifest, const std::string& name) {
  const auto table = std::ranges::find(manifest.tables, name, &plan::ManifestTable::name);
  return table == manifest.tables.end() ? std::nullopt : std::optional(*table);
}

Result<LiveSetVerdict> JudgeReplica(const plan::TableSpec& spec, const plan::ReceiptTable& applied, Epoch epoch,
                                    const std::optional<plan::ManifestTable>& sent,
                                    const std::vector<delta::AddFile>& live) {
  const Version version = applied.replica_version.value_or(Version());
  if (!sent) {
    return LiveSetVerdict{.table = spec.name,
                          .version = version,
                          .reason = fmt::format("the manifest of epoch {} is gone from staging", epoch.value())};
  }
  delta::LiveSet found;
  for (const delta::AddFile& add : live) LF_TRY_OK(found.Add(add));
  return JudgeLiveSet({.spec = spec, .version = version, .epoch = epoch, .expected = sent->live_set}, found);
}

// A verdict that is not the best one is a problem as well.
void Note(LiveSetVerdict verdict, VerifyReport& report) {
  if (verdict.result != LiveSetResult::kSame) {
    const std::string_view what = verdict.result == LiveSetResult::kDiffers
                                      ? "its live files are not those that were sent"
                                      : "its live files could not be compared with those that were sent";
    report.problems.push_back({.table = verdict.table,
                               .path = std::string(delta::kLogFolder),
                               .problem = fmt::format("{}: {}", what, verdict.reason)});
  }
  report.tables.push_back(std::move(verdict));
}

// Whether the error is about what lies there, and not about reaching it.
bool IsOfDocument(const Error& error) {
  return error.code == ErrorCode::kCorruptLog || error.code == ErrorCode::kCorruptData ||
         error.code == ErrorCode::kRefused || error.code == ErrorCode::kUnsupportedTable;
}

// What is staged beyond `applied`, of which `cut_time` is the cut. An epoch without a manifest is not staged yet, and
// one that nobody trusted has put never will be.
Task<Result<StagedBeyond>> FindBeyond(Call call, const StagingArea& staging, Epoch applied,
                                      std::optional<TimeMs> cut_time) {
  StagedBeyond beyond{.newest = applied, .cut_time = cut_time};
  LF_CO_TRY(const std::vector<Epoch> epochs, co_await staging.EpochsAfter(call, applied));
  for (const Epoch epoch : epochs) {
    const Result<std::optional<plan::Receipt>> receipt = co_await staging.ReadReceipt(call, epoch);
    if (!receipt && !IsOfDocument(receipt.error())) co_return std::unexpected(receipt.error());
    if (receipt && *receipt && !(*receipt)->applied) continue;
    const Result<std::optional<StagedObject>> staged = co_await staging.Look(call, epoch);
    if (!staged && !IsOfDocument(staged.error())) co_return std::unexpected(staged.error());
    if (!staged || !*staged) continue;
    ++beyond.epochs;
    beyond.newest = epoch;
    beyond.cut_time = (*staged)->manifest ? std::optional((*staged)->manifest->cut_time) : std::nullopt;
  }
  co_return beyond;
}

// The newest manifest that was not refused.
Task<Result<plan::Manifest>> NewestNotRefused(Call call, const StagingArea& staging) {
  LF_CO_TRY(const std::vector<Epoch> epochs, co_await staging.EpochsAfter(call, Epoch()));
  for (size_t i = epochs.size(); i > 0; --i) {
    LF_CO_TRY(const std::optional<plan::Receipt> receipt, co_await staging.ReadReceipt(call, epochs[i - 1]));
    if (receipt && !receipt->applied) continue;
    LF_CO_TRY(std::optional<StagedEpoch> staged, co_await staging.Read(call, epochs[i - 1]));
    if (staged) co_return std::move(staged->manifest);
  }
  co_return Fail(ErrorCode::kNotFound, "no epoch of the group was staged yet, or all were refused",
                 std::string(staging.store().uri()), "run the sender first");
}

}  // namespace

Task<Result<plan::Receipt>> Verifier::NewestApplied(Call call, const StagingArea& staging) const {
  LF_CO_TRY(std::optional<AppliedEpoch> newest, co_await NewestAppliedIn(call, staging));
  if (newest) co_return std::move(newest->receipt);
  co_return Fail(ErrorCode::kNotFound, fmt::format("group '{}' has no applied epoch yet", spec_.name),
                 std::string(staging.store().uri()), "run the sender and the receiver first");
}

Task<Result<VerifyReport>> Verifier::Verify(Call call, bool deep) {
  LF_CO_TRY_OK(co_await CheckRoots(call, env_, spec_));
  LF_CO_TRY(auto store, env_.stores.Open(StagingRef(spec_, StoreRight::kReadStaging)));
  const StagingArea staging(std::move(store), plan::StagingOf(spec_), env_);
  LF_CO_TRY(const plan::Receipt receipt, co_await NewestApplied(call, staging));
  VerifyReport report{.group = spec_.name,
                      .time = env_.clock.WallTime(),
                      .epoch = receipt.epoch,
                      .ok = false,
                      .tables = {},
                      .problems = {}};
  LF_CO_TRY(const std::optional<StagedEpoch> epoch, co_await staging.Read(call, receipt.epoch));
  if (epoch) report.cut_time = epoch->manifest.cut_time;
  LF_CO_TRY(report.behind, co_await FindBeyond(call, staging, receipt.epoch, report.cut_time));
  for (const plan::ManifestTable& table : epoch ? epoch->manifest.tables : std::vector<plan::ManifestTable>()) {
    progress_.files_total = AddSaturated(progress_.files_total, table.live_set.files());
    if (deep) progress_.bytes_total = AddSaturated(progress_.bytes_total, table.live_set.bytes());
  }
  for (const plan::ReceiptTable& table : receipt.tables) {
    std::optional<plan::ManifestTable> sent;
    if (epoch) sent = FindTable(epoch->manifest, table.name);
    LF_CO_TRY_OK(co_await VerifyTable(call, staging, table, std::move(sent), deep, report));
  }
  // A receipt of no table says nothing good.
  report.ok = report.problems.empty() && !receipt.tables.empty();
  co_return report;
}

Task<Result<VerifyReport>> Verifier::VerifySource(Call call) {
  LF_CO_TRY_OK(co_await CheckRoots(call, env_, spec_));
  LF_CO_TRY(auto store, env_.stores.Open(StagingRef(spec_, StoreRight::kReadStaging)));
  const StagingArea staging(std::move(store), plan::StagingOf(spec_), env_);
  LF_CO_TRY(const plan::Manifest newest, co_await NewestNotRefused(call, staging));
  VerifyReport report{.group = spec_.name,
                      .time = env_.clock.WallTime(),
                      .epoch = newest.epoch,
                      .cut_time = newest.cut_time,
                      .of_source = true,
                      .ok = false,
                      .tables = {},
                      .problems = {}};
  for (const plan::ManifestTable& table : newest.tables) {
    const auto spec = std::ranges::find(spec_.tables, table.name, &plan::TableSpec::name);
    if (spec == spec_.tables.end()) {
      Note({.table = table.name, .version = table.source_version, .reason = "not configured here any more"}, report);
      continue;
    }
    const LiveSetSubject subject{
        .spec = *spec, .version = table.source_version, .epoch = newest.epoch, .expected = table.live_set};
    Result<LiveSetVerdict> verdict = co_await CompareLiveSet(call, env_, Role::kSender, spec_.mode, subject);
    if (!verdict && verdict.error().code == ErrorCode::kCancelled) co_return std::unexpected(verdict.error());
    if (!verdict) {
      verdict =
          LiveSetVerdict{.table = table.name, .version = table.source_version, .reason = ToString(verdict.error())};
    }
    Note(*std::move(verdict), report);
  }
  report.ok = report.problems.empty();
  co_return report;
}

Task<Status> Verifier::VerifyTable(Call call, const StagingArea& staging, plan::ReceiptTable applied,
                                   std::optional<plan::ManifestTable> sent, bool deep, VerifyReport& report) {
  const auto spec = std::ranges::find(spec_.tables, applied.name, &plan::TableSpec::name);
  if (spec == spec_.tables.end()) {
    report.problems.push_back({.table = applied.name, .path = {}, .problem = "not configured here any more"});
    co_return Status{};
  }
  LF_CO_TRY(auto store, env_.stores.Open(TargetRef(*spec, StoreRight::kReadSource)));
  const TableLog log(std::move(store), env_);
  // Before the listing, which then holds what a hint of ours names.
  LF_CO_TRY(const std::optional<Version> hinted, co_await HintedVersion(call, log.store()));
  Result<delta::LogListing> listing = co_await log.ListAll(call);
  Result<delta::Snapshot> snapshot = std::unexpected(Error{});
  delta::AllAdds live;
  if (listing) snapshot = co_await log.Load(call, *listing, applied.replica_version, live);
  if (!listing || !snapshot) {
    const Error& error = listing ? snapshot.error() : listing.error();
    if (IsTransient(error.code) || error.code == ErrorCode::kUnauthorized) co_return std::unexpected(error);
    report.problems.push_back({.table = applied.name, .path = "_delta_log", .problem = ToString(error)});
    co_return Status{};
  }
  LF_CO_TRY(std::optional<std::string> hadoop,
            co_await FindHadoopChecksum(call, log.store(), listing->commits.back().first.Next()));
  std::ranges::move(
      ForeignLogFiles(*listing, hinted, std::move(hadoop), applied, spec_.mode, applied.target == spec->target_uri),
      std::back_inserter(report.problems));
  LF_CO_TRY(LiveSetVerdict verdict, JudgeReplica(*spec, applied, report.epoch, sent, live.adds));
  Note(std::move(verdict), report);
  Files files;
  for (const delta::AddFile& add : live.adds) {
    LF_CO_TRY(const ObjectPath path, delta::ResolveInTable(add.path, spec->target_uri));
    files[path].size = add.size;
    if (!add.deletion_vector) continue;
    LF_CO_TRY(const std::optional<ObjectPath> vector, delta::ObjectOf(*add.deletion_vector));
    if (!vector) continue;
    Expected& expected = files[*vector];
    expected.at_least = std::max(expected.at_least, BytesNeeded(*add.deletion_vector));
  }
  Checksums checksums;
  if (deep) {
    LF_CO_TRY(checksums, co_await ReadChecksums(call, staging, report.epoch, applied.name));
  }
  std::vector<std::pair<ObjectPath, Expected>> work(files.begin(), files.end());
  auto check_one = [this, &call, &log, &applied, &work, &checksums, deep, &report](size_t i) {
    const auto found = checksums.find(SentAs(work[i].first, spec_.mode));
    const auto crc = found == checksums.end() ? std::nullopt : std::optional(found->second);
    return CheckFile(call, log.store(), applied.name, work[i].first, work[i].second, crc, deep, report);
  };
  co_return co_await ParallelFor(work.size(), static_cast<size_t>(env_.limits.copies_in_flight_max), check_one);
}

Task<Result<Verifier::Checksums>> Verifier::ReadChecksums(Call call, const StagingArea& staging, Epoch up_to,
                                                          std::string table) const {
  Checksums checksums;
  LF_CO_TRY(const std::vector<Epoch> epochs, co_await staging.EpochsAfter(call, Epoch()));
  for (const Epoch epoch : epochs) {
    if (epoch > up_to) break;
    // What a refused epoch brought under a name may be another file than what came in the end.
    LF_CO_TRY(const std::optional<plan::Receipt> receipt, co_await staging.ReadReceipt(call, epoch));
    if (!receipt || !receipt->applied) continue;
    LF_CO_TRY(const std::optional<StagedEpoch> staged, co_await staging.Read(call, epoch));
    if (!staged) continue;
    for (const plan::ManifestTable& entry : staged->manifest.tables) {
      if (entry.name != table) continue;
      for (const plan::ManifestPart& part : entry.parts) {
        ChecksumRecords records(&checksums);
        Status read = co_await staging.ReadPart(call, epoch, part, records);
        // The files that a lost part names are told as problems.
        if (!read && read.error().code != ErrorCode::kCorruptData) co_return std::unexpected(std::move(read).error());
      }
    }
  }
  co_return checksums;
}

Task<Status> Verifier::CheckFile(Call call, ObjectStore& store, std::string table, ObjectPath path, Expected expected,
                                 std::optional<uint64_t> crc64, bool deep, VerifyReport& report) {
  ++report.files_checked;
  progress_.files = report.files_checked;
  const auto problem = [&](std::string what) {
    report.problems.push_back({.table = table, .path = path.text(), .problem = std::move(what)});
    return Status{};
  };
  Result<ObjectInfo> info = co_await store.Head(call, path);
  if (!info && info.error().code == ErrorCode::kNotFound) co_return problem("missing");
  LF_CO_TRY_OK(info);
  if (expected.size && info->size_bytes != *expected.size) {
    co_return problem(fmt::format("has {} bytes, the log says {}", info->size_bytes, *expected.size));
  }
  if (info->size_bytes < expected.at_least) {
    co_return problem(fmt::format("has {} bytes, its deletion vectors need {}", info->size_bytes, expected.at_least));
  }
  if (!deep) {
    report.bytes_checked += info->size_bytes;
    co_return Status{};
  }
  LF_CO_TRY(const ObjectDigest digest,
            co_await DigestOf(call, store, path, env_.limits.copy_buffer_bytes, Hashing::kCrc64));
  report.bytes_checked += digest.size;
  progress_.bytes = report.bytes_checked;
  if (!crc64) co_return problem("no manifest holds its checksum");
  if (digest.crc64 != *crc64) {
    co_return problem(fmt::format("CRC-64 is {}, it left with {}", Hex64(digest.crc64), Hex64(*crc64)));
  }
  co_return Status{};
}

}  // namespace lakeferry::engine
