#include "engine/apply/table_placer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/both.h"
#include "async/task_group.h"
#include "base/digest.h"
#include "base/saturated.h"
#include "delta/reused_name.h"
#include "engine/apply/name_reuse.h"
#include "engine/apply/placed_files.h"
#include "engine/apply/vouched.h"
#include "engine/copy/resumed_copy.h"
#include "engine/copy/small_objects.h"

namespace lakeferry::engine {
namespace {

class FileRecords : public plan::PartSink {
 public:
  Status OnFile(plan::StagedFile&& file) override {
    files.push_back(std::move(file));
    return {};
  }
  Status OnPresent(plan::PresentFile&& file) override {
    present.push_back(std::move(file));
    return {};
  }
  Status OnCommit(plan::StagedCommit&& commit) override {
    log_objects.push_back(std::move(commit.file));
    return {};
  }
  Status OnLogFile(plan::StagedFile&& file) override {
    log_objects.push_back(std::move(file));
    return {};
  }
  std::vector<plan::StagedFile> files;
  std::vector<plan::PresentFile> present;
  std::vector<plan::StagedFile> log_objects;  // of a mirror: published with the commit, verified here
};

// Whether the target's service can copy what lies in staging by itself.
bool OneService(const ObjectStore& staging, const ObjectStore& target) {
  const std::string from = staging.traits().copies_from;
  return !from.empty() && from == target.traits().copies_from;
}

}  // namespace

Task<Result<Placed>> TablePlacer::Place(Call call, Epoch epoch, plan::ManifestTable table,
                                        std::optional<Version> head) {
  Placed placed;
  epoch_ = epoch;
  table_ = table;
  if (names_ != nullptr) LF_CO_TRY_OK(co_await names_->Look(call, staging_, epoch, table, log_, head));
  for (const plan::ManifestPart& part : table.parts) {
    FileRecords records;
    LF_CO_TRY_OK(co_await staging_.ReadPart(call, epoch, part, records));
    for (const plan::StagedFile& file : records.files) {
      ++placed.files;
      placed.bytes = AddSaturated(placed.bytes, file.size);
    }
    LF_CO_TRY(placed.lost, co_await FindLost(call, std::move(records.present)));
    if (placed.lost) co_return placed;
    const auto [all, log] =
        co_await Both(BringAll(call, std::move(records.files)), CheckAll(call, std::move(records.log_objects)));
    LF_CO_TRY_OK(all);
    LF_CO_TRY_OK(log);
  }
  if (names_ != nullptr) LF_CO_TRY_OK(co_await names_->LookUpReplaced(call, log_, table, head));
  co_return placed;
}

Task<Result<std::optional<ObjectPath>>> TablePlacer::FindLost(Call call, std::vector<plan::PresentFile> files) {
  std::optional<ObjectPath> lost;
  auto look = [this, &call, &files, &lost](size_t i) { return LookFor(call, files[i], &lost); };
  LF_CO_TRY_OK(co_await ParallelFor(files.size(), static_cast<size_t>(env_.limits.copies_in_flight_max), look));
  co_return lost;
}

Task<Status> TablePlacer::LookFor(Call call, plan::PresentFile file, std::optional<ObjectPath>* lost) {
  const CopySlots::Slot slot = co_await env_.copy_slots.Acquire(staging_.group());
  const ObjectPath name = names_ == nullptr ? file.path : names_->LiveName(file.path);
  const Result<ObjectInfo> there = co_await target_.Head(call, name);
  if (!there && there.error().code != ErrorCode::kNotFound) co_return std::unexpected(there.error());
  const bool missing = !there || there->size_bytes != file.size;
  if (missing && (!*lost || name < **lost)) *lost = name;
  if (meter_ != nullptr) co_await meter_->Note(call, 0, 0);  // there may be millions of them
  co_return Status{};
}

Task<Status> TablePlacer::CheckAll(Call call, std::vector<plan::StagedFile> files) {
  auto check_one = [this, &call, &files](size_t i) { return CheckOne(call, files[i]); };
  co_return co_await ParallelFor(files.size(), static_cast<size_t>(env_.limits.copies_in_flight_max), check_one);
}

Task<Status> TablePlacer::CheckOne(Call call, plan::StagedFile file) {
  const CopySlots::Slot slot = co_await env_.copy_slots.Acquire(staging_.group());
  const int64_t bytes = file.size;
  LF_CO_TRY_OK(co_await CheckStaged(call, std::move(file)));
  if (meter_ != nullptr) co_await meter_->Note(call, 0, bytes);
  co_return Status{};
}

Task<Status> TablePlacer::BringAll(Call call, std::vector<plan::StagedFile> files) {
  std::vector<plan::StagedFile> placed;
  std::vector<plan::StagedFile> staged;
  for (plan::StagedFile& file : files) (file.placed() ? placed : staged).push_back(std::move(file));
  LF_CO_TRY_OK(co_await TakePlaced(call, std::move(placed)));
  co_return co_await PlaceAll(call, std::move(staged));
}

Task<Status> TablePlacer::TakePlaced(Call call, std::vector<plan::StagedFile> files) {
  if (files.empty()) co_return Status{};
  PlacedFiles placed(env_, staging_, target_);
  LF_CO_TRY_OK(co_await placed.Check(call, files, table_.live_set.files()));
  if (names_ != nullptr) {
    for (const plan::StagedFile& file : files) names_->SetPlaced(file.path, file.path);
  }
  co_await Note(call, files);
  co_return Status{};
}

std::vector<TablePlacer::Bundle> TablePlacer::BundlesOf(Bundle files) const {
  const size_t files_max = TogetherMax(staging_.store(), target_);
  const auto bytes_max = static_cast<int64_t>(env_.limits.bundle_bytes);
  std::vector<Bundle> bundles;
  while (!files.empty()) {
    size_t count = 0;
    int64_t bytes = 0;
    while (count < std::min(files_max, files.size()) && files[count].size <= kSmallObjectBytes) {
      bytes += files[count].size;
      if (bytes > bytes_max) break;
      ++count;
    }
    count = std::max<size_t>(count, 1);
    bundles.push_back(files.first(count));
    files = files.subspan(count);
  }
  return bundles;
}

Task<Status> TablePlacer::PlaceAll(Call call, std::vector<plan::StagedFile> files) {
  const std::vector<Bundle> bundles = BundlesOf(files);
  auto place = [this, &call, &bundles](size_t i) { return PlaceBundle(call, bundles[i]); };
  co_return co_await ParallelFor(bundles.size(), static_cast<size_t>(env_.limits.copies_in_flight_max), place);
}

Task<Status> TablePlacer::PlaceBundle(Call call, Bundle files) {
  const CopySlots::Slot slot = co_await env_.copy_slots.Acquire(staging_.group());
  if (call.stopped()) co_return Fail(ErrorCode::kCancelled, "stopped while placing files");
  // What has begun comes to its end, as a copy at the sender.
  const Call whole = call.Unstoppable();
  if (files.size() > 1) {
    // Where an attempt before has placed them, no bytes are written that nobody needs.
    const Result<ObjectInfo> there = co_await target_.Head(whole, files.front().path);
    if (!there && there.error().code != ErrorCode::kNotFound) co_return std::unexpected(there.error());
    if (!there) co_return co_await PlaceTogether(whole, files);
  }
  for (const plan::StagedFile& file : files) {
    LF_CO_TRY_OK(co_await PlaceOne(whole, file));
    co_await Note(call, Bundle(&file, 1));
  }
  co_return Status{};
}

Task<Status> TablePlacer::PlaceTogether(Call call, Bundle files) {
  std::vector<SmallCopy> copies;
  copies.reserve(files.size());
  for (const plan::StagedFile& file : files) {
    copies.push_back({.from = file.staged, .to = file.path, .expected = ExpectedOf(file)});
  }
  const std::vector<Result<Copied>> copied =
      co_await CopyEach(call, staging_.store(), target_, std::move(copies), static_cast<size_t>(kSmallObjectBytes),
                        env_.MeansOf(staging_.group()));
  for (size_t i = 0; i < files.size(); ++i) {
    if (copied[i]) {
      LF_CO_TRY_OK(co_await Finish(call, files[i], copied[i]->outcome));
      continue;
    }
    // What is wrong with a staged object is found, and said, as of any other that goes by itself.
    const ErrorCode code = copied[i].error().code;
    const bool damaged = code == ErrorCode::kCorruptData || code == ErrorCode::kNotFound;
    if (!damaged) co_return std::unexpected(copied[i].error());
    LF_CO_TRY_OK(co_await PlaceOne(call, files[i]));
  }
  co_await Note(call, files);
  co_return Status{};
}

Task<void> TablePlacer::Note(Call call, Bundle placed) {
  if (meter_ == nullptr) co_return;
  int64_t bytes = 0;
  for (const plan::StagedFile& file : placed) bytes = AddSaturated(bytes, file.size);
  co_await meter_->Note(call, std::ssize(placed), bytes);
}

Task<Status> TablePlacer::PlaceOne(Call call, plan::StagedFile file) {
  Result<PutOutcome> outcome = co_await Bring(call, file);
  co_return co_await Finish(call, std::move(file), std::move(outcome));
}

Task<Status> TablePlacer::Finish(Call call, plan::StagedFile file, Result<PutOutcome> outcome) {
  LF_CO_TRY(const bool placed, co_await IsPlaced(call, file, std::move(outcome)));
  if (!placed) co_return co_await PlaceUnderAnotherName(call, std::move(file));
  if (names_ != nullptr) names_->SetPlaced(file.path, file.path);
  co_return Status{};
}

// Bringing comes first also where an attempt before has placed it: its name may not have been made durable.
Task<Result<bool>> TablePlacer::IsPlaced(Call call, plan::StagedFile file, Result<PutOutcome> outcome) {
  if (outcome && *outcome == PutOutcome::kCreated) co_return true;
  // What is in its place does not need its staged copy any more.
  const bool damaged = !outcome && outcome.error().code == ErrorCode::kCorruptData;
  if (!outcome && !damaged) co_return std::unexpected(outcome.error());
  LF_CO_TRY(const Held held, co_await KeepPlaced(call, file));
  if (held == Held::kThisFile) co_return true;
  if (held == Held::kAnother) co_return false;
  if (damaged) co_return std::unexpected(outcome.error());
  co_return Fail(ErrorCode::kUnavailable, "the file vanished from the target while it was placed",
                 fmt::format("{}/{}", target_.uri(), file.path.text()));
}

Task<Status> TablePlacer::PlaceUnderAnotherName(Call call, plan::StagedFile file) {
  const std::string where = fmt::format("{}/{}", target_.uri(), file.path.text());
  LF_CO_TRY(const bool reuse, co_await IsReuse(call, file));
  if (!reuse) {
    co_return Fail(ErrorCode::kDiverged, "the target holds another file of this name", where,
                   "data files never change after they are written: find out who wrote it; the epoch goes on once "
                   "nothing else has that name");
  }
  if (names_ == nullptr) co_return co_await RefuseReuse(call, staging_, epoch_, table_, log_, std::move(file.path));
  plan::StagedFile renamed = file;
  LF_CO_TRY(renamed.path, delta::ReusedName(file.path, file.size, file.crc64));
  Result<PutOutcome> outcome = co_await Bring(call, renamed);
  LF_CO_TRY(const bool placed, co_await IsPlaced(call, renamed, std::move(outcome)));
  if (!placed) {
    co_return Fail(ErrorCode::kDiverged, "the target holds another file of this name",
                   fmt::format("{}/{}", target_.uri(), renamed.path.text()),
                   "its name says which bytes it should hold: find out who wrote it; the epoch goes on once nothing "
                   "else has that name");
  }
  env_.log.Write(call, LogLevel::kWarning,
                 "the name of a file is taken at the target: the clone has the file under another",
                 {{"table", table_.name}, {"path", file.path.text()}, {"name", renamed.path.text()}});
  names_->SetPlaced(file.path, renamed.path);
  co_return Status{};
}

Task<Result<bool>> TablePlacer::IsReuse(Call call, plan::StagedFile file) {
  if (names_ != nullptr) {
    LF_CO_TRY(const bool is_data, co_await IsDataFile(call, staging_, epoch_, table_, file.path));
    if (!is_data) co_return false;
    // What a sender placed itself for an attempt that it gave up, no epoch tells of.
    if (names_->WasTaken(file.path) || table_.direct) co_return true;
  }
  LF_CO_TRY(const ObjectDigest there,
            co_await DigestOf(call, target_, file.path, env_.limits.copy_buffer_bytes, Hashing::kCrc64));
  const plan::StagedFile old{.path = file.path, .size = there.size, .crc64 = there.crc64, .staged = {}};
  co_return co_await WasBrought(call, staging_, epoch_, table_.name, old);
}

Task<Result<TablePlacer::Held>> TablePlacer::KeepPlaced(Call call, plan::StagedFile file) {
  const Result<ObjectDigest> there =
      co_await DigestOf(call, target_, file.path, env_.limits.copy_buffer_bytes, HashingOf(file));
  if (!there && there.error().code == ErrorCode::kNotFound) co_return Held::kNothing;
  LF_CO_TRY_OK(there);
  if (!IsWhatLeft(*there, file)) co_return Held::kAnother;
  const Result<bool> touched = co_await target_.Touch(call, file.path);
  if (!touched && touched.error().code == ErrorCode::kNotFound) co_return Held::kNothing;
  LF_CO_TRY_OK(touched);
  co_return Held::kThisFile;
}

Task<Status> TablePlacer::CheckStaged(Call call, plan::StagedFile file) {
  LF_CO_TRY_OK(co_await OpenVerified(call, std::move(file)));
  co_return Status{};
}

Task<Result<std::unique_ptr<OpenObject>>> TablePlacer::OpenVerified(Call call, plan::StagedFile file) {
  Result<std::unique_ptr<OpenObject>> opened = co_await staging_.store().Open(call, file.staged);
  if (!opened) co_return std::unexpected(staging_.AsDamage(std::move(opened).error(), file.staged));
  OpenObject& object = **opened;
  if (Vouches(staging_.store(), object.info(), file)) co_return *std::move(opened);
  Result<ObjectDigest> staged = co_await DigestOf(call, object, env_.limits.copy_buffer_bytes, HashingOf(file));
  if (!staged) co_return std::unexpected(staging_.AsDamage(std::move(staged).error(), file.staged));
  if (!IsWhatLeft(*staged, file)) {
    const bool forged = staged->size == file.size && staged->crc64 == file.crc64;
    const Error damage{
        .code = ErrorCode::kCorruptData,
        .message = forged ? "a staged object is not what left: its size and CRC-64 are, its SHA-256 is not"
                          : fmt::format("a staged object is not what left: {} bytes with CRC-64 {}, not {} with {}",
                                        staged->size, Hex64(staged->crc64), file.size, Hex64(file.crc64))};
    co_return std::unexpected(staging_.AsDamage(damage, file.staged));
  }
  co_return *std::move(opened);
}

// What the sender staged is copied while it is that: nobody need look at it before. A copy that cannot be made so is
// none, and the long way tells why.
Task<Result<CopyOutcome>> TablePlacer::CopyAsStaged(Call call, plan::StagedFile file) {
  const bool told = !file.etag.empty() && file.sha256.empty();
  std::optional<ObjectAddress> address;
  if (told) address = staging_.store().AddressOf(file.staged, file.etag);
  if (!address) co_return CopyOutcome::kNotPossible;
  const Result<CopyOutcome> copied = co_await target_.CopyIfAbsent(call, *std::move(address), file.path);
  if (!copied && copied.error().code == ErrorCode::kCorruptData) co_return CopyOutcome::kNotPossible;
  co_return copied;
}

Task<Result<PutOutcome>> TablePlacer::Bring(Call call, plan::StagedFile file) {
  if (OneService(staging_.store(), target_)) {
    LF_CO_TRY(const CopyOutcome copied, co_await CopyAsStaged(call, file));
    if (copied == CopyOutcome::kCreated) co_return PutOutcome::kCreated;
    if (copied == CopyOutcome::kExisted) co_return PutOutcome::kExisted;
    // What is placed is what was read: by then the name may be another object's.
    LF_CO_TRY(const std::unique_ptr<OpenObject> verified, co_await OpenVerified(call, file));
    ObjectAddress address = verified->address();
    address.resume = file.sha256.empty();
    Result<CopyOutcome> placed = co_await target_.CopyIfAbsent(call, std::move(address), file.path);
    if (!placed) co_return std::unexpected(staging_.AsDamage(std::move(placed).error(), file.staged));
    if (*placed == CopyOutcome::kCreated) co_return PutOutcome::kCreated;
    if (*placed == CopyOutcome::kExisted) co_return PutOutcome::kExisted;
  }
  // Compared as it is written.
  Result<Copied> copied = co_await CopyObject(call, staging_.store(), file.staged, target_, file.path, ExpectedOf(file),
                                              env_.MeansOf(staging_.group()));
  if (!copied) co_return std::unexpected(staging_.AsDamage(std::move(copied).error(), file.staged));
  NoteResumed(env_.log, env_.MeansOf(staging_.group()), meter_, call, table_.name, file.path, copied->resumed_bytes);
  co_return copied->outcome;
}

}  // namespace lakeferry::engine
