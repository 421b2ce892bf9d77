#include "engine/stage/table_stager.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/both.h"
#include "async/in_order.h"
#include "async/linked_stop.h"
#include "async/offload.h"
#include "base/saturated.h"
#include "delta/log_path.h"
#include "engine/copy/resumed_copy.h"
#include "engine/group/store_refs.h"
#include "engine/stage/direct_placing.h"
#include "plan/document/etag.h"

namespace lakeferry::engine {
namespace {

// Bundles of objects between the list that they stand in and the part that describes them: how many of them are copied
// at once is said by env's copy slots, and behind one that takes long the others go on.
constexpr size_t kOnTheirWayMax = 512;
// Names that are tried for one object, where others of its name are in the way.
constexpr int kNamesMax = 8;

// The error as one of the object at `where`, which the cut needs.
std::unexpected<Error> Undeliverable(Error error, const std::string& table, const std::string& where) {
  if (error.code == ErrorCode::kCorruptData) {
    error.where = where;
    if (error.remedy.empty()) {
      error.remedy =
          "the source does not hold what its log says: restore the object there, or rewrite the table without it";
    }
  }
  return FailOfTable(std::move(error), table, where);
}

// The error as one of the staged object: what is wrong with it is no fault of the source, and nothing that stays, for
// the next attempt finds it as it is then.
std::unexpected<Error> OfStaging(Error error, const ObjectStore& staging, const ObjectPath& path) {
  if (error.code != ErrorCode::kCorruptData) return std::unexpected<Error>(std::move(error));
  return Fail(ErrorCode::kUnavailable, fmt::format("a staged object cannot be compared: {}", error.message),
              fmt::format("{}/{}", staging.uri(), path.text()),
              "it is tried again; if this stays, find out who else writes to the staging location");
}

}  // namespace

Task<Result<plan::ManifestTable>> TableStager::Stage(Call call, TableChange change) {
  plan::ManifestTable table = change.table;
  table.direct = target_ != nullptr;
  PartWriter parts(staging_, epoch_, mode_, table, env_);
  LF_CO_TRY_OK(co_await WriteActions(call, change, parts));
  change.adds.Clear();  // copying may take hours
  change.removes.Clear();
  SpilledBytes commits(env_);
  LinkedStop both(call.stop);
  const Call copying = call.StoppedBy(both.token());
  co_await Both(both.Watch(StageFiles(copying, change, parts, table)),
                both.Watch(StageCommits(copying, change, commits, table)));
  LF_CO_TRY_OK(both.first());
  LF_CO_TRY_OK(co_await AppendAll(call, commits, parts));
  LF_CO_TRY_OK(co_await StageLogFiles(call, change, parts, table));
  LF_CO_TRY(table.parts, co_await parts.Finish(call));
  co_return table;
}

Task<Status> TableStager::WriteActions(Call call, const TableChange& change, PartWriter& parts) {
  if (change.protocol) LF_CO_TRY_OK(co_await parts.Append(call, delta::ToLine(*change.protocol)));
  if (change.metadata) LF_CO_TRY_OK(co_await parts.Append(call, delta::ToLine(*change.metadata)));
  for (const delta::DomainMetadata& domain : change.domains) {
    LF_CO_TRY_OK(co_await parts.Append(call, delta::ToLine(domain)));
  }
  for (const delta::Txn& txn : change.txns) LF_CO_TRY_OK(co_await parts.Append(call, delta::ToLine(txn)));
  LF_CO_TRY_OK(co_await AppendAll(call, change.removes, parts));
  co_return co_await AppendAll(call, change.adds, parts);
}

Task<Status> TableStager::AppendAll(Call call, const SpilledBytes& actions, PartWriter& parts) const {
  SpilledLines read(actions, env_.limits.copy_buffer_bytes);
  while (true) {
    LF_CO_TRY(const std::string lines, co_await read.Next());
    if (lines.empty()) co_return Status{};
    LF_CO_TRY_OK(co_await parts.AppendLines(call, lines));
  }
}

Task<Status> TableStager::StageFiles(Call call, const TableChange& change, PartWriter& parts,
                                     plan::ManifestTable& table) {
  FileReader reader(change.files, env_.limits.copy_buffer_bytes);
  // What an earlier attempt left is looked at one by one.
  const size_t together = leftovers_ ? 1 : TogetherMax(source_, target_ ? *target_ : staging_.store());
  FileBundles bundles(reader, together, env_.limits.bundle_bytes);
  const auto next = [&bundles](size_t) { return bundles.Next(); };
  const auto take = [&call, &parts, &table](const plan::StagedFile& file) {
    return TakeFile(call, parts, table, file);
  };
  LF_CO_TRY_OK(co_await StageAll(call, change.table.name, next, take, true, change.files.files()));
  co_return co_await AppendAll(call, change.present, parts);
}

Task<Status> TableStager::TakeFile(Call call, PartWriter& parts, plan::ManifestTable& table,
                                   const plan::StagedFile& file) {
  ++table.files;
  table.bytes = AddSaturated(table.bytes, file.size);
  co_return co_await parts.Append(call, plan::ToLine(file));
}

// What bounds a table of any size in memory is how many are on their way.
Task<Status> TableStager::StageAll(Call call, std::string table, Source next, Sink take, bool counted, int64_t count) {
  if (count == 0) co_return Status{};
  const size_t width = std::min(kOnTheirWayMax, static_cast<size_t>(count));
  std::vector<OnItsWay> places(width);
  InOrderSteps steps{
      .next = [&](size_t number) { return Fetch(next(number), places[number % width]); },
      .work = [&](size_t number) { return StageInto(call, table, places[number % width], counted); },
      .take = [&](size_t number) { return Deliver(take, places[number % width]); },
  };
  co_return co_await InOrder(width, std::move(steps));
}

Task<Result<bool>> TableStager::Fetch(Task<Result<Bundle>> next, OnItsWay& place) {
  LF_CO_TRY(place.files, co_await std::move(next));
  co_return !place.files.empty();
}

Task<Status> TableStager::StageInto(Call call, std::string table, OnItsWay& place, bool counted) {
  LF_CO_TRY(place.staged, co_await StageBundle(call, std::move(table), place.files));
  if (meter_ == nullptr || !counted) co_return Status{};
  int64_t bytes = 0;
  for (const plan::StagedFile& file : place.staged) bytes = AddSaturated(bytes, file.size);
  co_await meter_->Note(call, std::ssize(place.files), bytes);
  co_return Status{};
}

Task<Status> TableStager::Deliver(const Sink& take, OnItsWay& place) {
  const std::vector<plan::StagedFile> staged = std::exchange(place.staged, {});
  for (const plan::StagedFile& file : staged) LF_CO_TRY_OK(co_await take(file));
  co_return Status{};
}

// Their lines wait for those of the files.
Task<Status> TableStager::StageCommits(Call call, const TableChange& change, SpilledBytes& lines,
                                       plan::ManifestTable& table) {
  size_t taken = 0;
  const auto next = [&change](size_t number) { return NextCommit(change, number); };
  const auto take = [&](const plan::StagedFile& file) {
    return TakeCommit(lines, table, change.commits[taken++].version, file);
  };
  co_return co_await StageAll(call, change.table.name, next, take, false, std::ssize(change.commits));
}

Task<Status> TableStager::StageLogFiles(Call call, const TableChange& change, PartWriter& parts,
                                        plan::ManifestTable& table) {
  for (const plan::FileToSend& file : change.log_files) {
    LF_CO_TRY(const std::vector<plan::StagedFile> staged, co_await StageBundle(call, change.table.name, {file}));
    // A checkpoint may be cleaned away at any moment; readers then replay from an older one.
    if (staged.empty()) break;
    table.bytes = AddSaturated(table.bytes, staged.front().size);
    LF_CO_TRY_OK(co_await parts.Append(call, plan::LogFileLine(staged.front())));
  }
  co_return Status{};
}

Task<Result<TableStager::Bundle>> TableStager::NextCommit(const TableChange& change, size_t number) {
  Bundle bundle;
  if (number >= change.commits.size()) co_return bundle;
  const auto& [version, time] = change.commits[number];
  bundle.push_back({.path = TableLog::CommitPath(version), .size = {}, .required = true, .modified = time});
  co_return bundle;
}

Task<Status> TableStager::TakeCommit(SpilledBytes& lines, plan::ManifestTable& table, Version version,
                                     plan::StagedFile file) {
  table.bytes = AddSaturated(table.bytes, file.size);
  const std::string line = plan::ToLine(plan::StagedCommit{.version = version, .file = std::move(file)}) + '\n';
  auto append = [&lines, &line] { return lines.Append(line); };
  co_return co_await Offload(env_.pool, append);
}

Task<Result<std::vector<plan::StagedFile>>> TableStager::StageBundle(Call call, std::string table, Bundle files) {
  const CopySlots::Slot slot = co_await env_.copy_slots.Acquire(staging_.group());
  if (call.stopped()) co_return Fail(ErrorCode::kCancelled, "stopped while copying", table);
  // A copy that has begun comes to its end: whoever stops the service says how long it waits for that.
  std::vector<Result<Located>> located = co_await CopyAll(call.Unstoppable(), table, files);
  std::vector<plan::StagedFile> staged;
  for (size_t i = 0; i < files.size(); ++i) {
    // What no cut needs is left out for good where it is damaged: not for an object that was replaced amid a read.
    const bool damaged = !located[i] && located[i].error().code == ErrorCode::kCorruptData;
    if (damaged && !files[i].required) located[i] = co_await CopyOne(call.Unstoppable(), table, files[i]);
    LF_CO_TRY(std::optional<plan::StagedFile> one, Judge(call, table, files[i], std::move(located[i])));
    if (one) staged.push_back(*std::move(one));
  }
  co_return staged;
}

// A path that is long at the source may be too long below staging.
Result<ObjectPath> TableStager::StagedPath(const std::string& table, const plan::FileToSend& file) const {
  const ObjectPath folder = staging_.layout().TableData(epoch_, table);
  return ObjectPath::Make(folder.text() + "/" + file.path.text());
}

Task<std::vector<Result<TableStager::Located>>> TableStager::CopyAll(Call call, std::string table,
                                                                     const Bundle& files) {
  if (files.size() > 1) co_return co_await CopySmall(call, std::move(table), files);
  Result<Located> one = co_await CopyOne(call, std::move(table), files.front());
  std::vector<Result<Located>> located;
  located.push_back(std::move(one));
  co_return located;
}

Task<Result<TableStager::Located>> TableStager::CopyOne(Call call, std::string table, const plan::FileToSend& file) {
  LF_CO_TRY(const Origin from, OriginOf(file));
  if (GoesToTarget(file)) {
    LF_CO_TRY(std::optional<Located> placed, co_await PlaceOne(call, from, file));
    if (placed) co_return *std::move(placed);
  }
  LF_CO_TRY(ObjectPath to, StagedPath(table, file));
  co_return co_await CopyOrKeep(call, from, std::move(to), file.size);
}

bool TableStager::GoesToTarget(const plan::FileToSend& file) const {
  return target_ && !file.path.IsBelow(ObjectPath::Of(delta::kLogFolder));
}

Task<Result<std::optional<TableStager::Located>>> TableStager::PlaceOne(Call call, Origin from,
                                                                        const plan::FileToSend& file) {
  const Expected expected{.size = file.size, .crc64 = {}, .hashing = staging_.hashing()};
  LF_CO_TRY(const std::optional<DirectlyPlaced> placed,
            co_await PlaceDirectly(call, StoreOf(from), from.path, *target_, file.path, expected, leftovers_,
                                   env_.MeansOf(staging_.group())));
  if (!placed) co_return std::nullopt;
  NoteResumed(env_.log, env_.MeansOf(staging_.group()), meter_, call, spec_.name, from.path, placed->resumed_bytes);
  co_return Located{.at = {}, .digest = placed->digest, .etag = placed->etag};
}

// Names that are taken, and what else is no ordinary copy, go one by one.
Task<std::vector<Result<TableStager::Located>>> TableStager::CopySmall(Call call, std::string table,
                                                                       const Bundle& files) {
  std::vector<Result<Located>> located(files.size(), Located{});
  std::vector<SmallCopy> copies;
  std::vector<size_t> numbers;
  const bool direct = GoesToTarget(files.front());  // as all the others
  for (size_t i = 0; i < files.size(); ++i) {
    Result<ObjectPath> to = direct ? files[i].path : StagedPath(table, files[i]);
    if (!to) {
      located[i] = std::unexpected(std::move(to).error());
      continue;
    }
    const Expected expected{.size = files[i].size, .crc64 = {}, .hashing = staging_.hashing()};
    copies.push_back({.from = files[i].path, .to = *std::move(to), .expected = expected});
    numbers.push_back(i);
  }
  const std::vector<Result<Copied>> copied =
      co_await CopyEach(call, source_, direct ? *target_ : staging_.store(), copies,
                        static_cast<size_t>(FileBundles::kSmallBytes), env_.MeansOf(staging_.group()));
  for (size_t i = 0; i < copied.size(); ++i) {
    Result<Located>& one = located[numbers[i]];
    if (!copied[i]) {
      one = std::unexpected(copied[i].error());
    } else if (copied[i]->outcome == PutOutcome::kCreated) {
      one = Located{.at = direct ? ObjectPath() : copies[i].to, .digest = copied[i]->digest};
    } else if (direct) {
      one = co_await CopyOne(call, table, files[numbers[i]]);
    } else {
      one = co_await KeepOrPutBeside(call, {.imported = nullptr, .path = copies[i].from}, copies[i].to,
                                     copies[i].expected.size);
    }
  }
  co_return located;
}

Result<std::optional<plan::StagedFile>> TableStager::Judge(const Call& call, const std::string& table,
                                                           const plan::FileToSend& file, Result<Located> located) {
  if (located) {
    left_data_ = left_data_ || !located->at.empty();
    return plan::StagedFile{.path = file.path,
                            .size = located->digest.size,
                            .crc64 = located->digest.crc64,
                            .staged = located->at,
                            .modified = file.modified,
                            .sha256 = located->digest.sha256,
                            .etag = plan::IsEtag(located->etag) ? located->etag : std::string()};
  }
  LF_TRY(const Origin from, OriginOf(file));
  const std::string where = fmt::format("{}/{}", StoreOf(from).uri(), from.path.text());
  const bool gone = located.error().code == ErrorCode::kNotFound;
  const bool damaged = located.error().code == ErrorCode::kCorruptData;
  if (file.required ? !gone : !gone && !damaged) return Undeliverable(std::move(located).error(), table, where);
  if (file.required) {
    return Fail(ErrorCode::kSourceMovedOn,
                fmt::format("table '{}': a file that the cut needs is gone from the source", table), where,
                "VACUUM has overtaken the copy: keep files longer than the sync interval and lag "
                "(delta.deletedFileRetentionDuration); the next cut is tried");
  }
  env_.log.Write(call, gone ? LogLevel::kInfo : LogLevel::kWarning,
                 "object between two cuts is gone at the source, or not what the log says; it is not part of the cut",
                 {{"table", table}, {"object", file.path.text()}, {"error", located.error().message}});
  return std::optional<plan::StagedFile>();
}

Result<TableStager::Origin> TableStager::OriginOf(const plan::FileToSend& file) {
  if (!file.origin) return Origin{.imported = nullptr, .path = file.path};
  std::shared_ptr<ObjectStore>& store = imports_[*file.origin->root];
  if (!store) {
    LF_TRY(store, env_.stores.Open(ImportRef(spec_, *file.origin->root)));
  }
  return Origin{.imported = store, .path = file.origin->path};
}

Task<Result<TableStager::Located>> TableStager::CopyOrKeep(Call call, Origin from, ObjectPath to,
                                                           std::optional<int64_t> size) {
  bool taken = false;
  if (leftovers_) {
    const Result<ObjectInfo> there = co_await staging_.store().Head(call, to);
    if (!there && there.error().code != ErrorCode::kNotFound) co_return std::unexpected(there.error());
    taken = there.has_value();
  }
  if (!taken) {
    LF_CO_TRY(const Copied copied,
              co_await CopyObject(call, StoreOf(from), from.path, staging_.store(), to,
                                  Expected{.size = size, .crc64 = {}, .hashing = staging_.hashing()},
                                  env_.MeansOf(staging_.group())));
    NoteResumed(env_.log, env_.MeansOf(staging_.group()), meter_, call, spec_.name, from.path, copied.resumed_bytes);
    if (copied.outcome == PutOutcome::kCreated)
      co_return Located{.at = to, .digest = copied.digest, .etag = copied.etag};
  }
  co_return co_await KeepOrPutBeside(call, from, to, size);
}

Task<Result<TableStager::Located>> TableStager::KeepOrPutBeside(Call call, Origin from, ObjectPath to,
                                                                std::optional<int64_t> size) {
  ObjectStore& staging = staging_.store();
  const size_t buffer = env_.limits.copy_buffer_bytes;
  LF_CO_TRY(const ObjectDigest wanted, co_await DigestOf(call, StoreOf(from), from.path, buffer, staging_.hashing()));
  const Expected expected{.size = size.value_or(wanted.size),
                          .crc64 = wanted.crc64,
                          .sha256 = wanted.sha256,
                          .hashing = staging_.hashing()};
  for (int attempt = 0; attempt < kNamesMax; ++attempt) {
    Result<ObjectPath> name = attempt == 0 ? to : ObjectPath::Make(fmt::format("{}.{}", to.text(), attempt));
    if (!name) co_return FailAt(std::move(name).error(), std::string(StoreOf(from).uri()));
    const Result<ObjectDigest> there = co_await DigestOf(call, staging, *name, buffer, staging_.hashing());
    if (there && *there == wanted && wanted.size == *expected.size) co_return Located{.at = *name, .digest = wanted};
    if (there) continue;
    if (there.error().code != ErrorCode::kNotFound) co_return OfStaging(there.error(), staging, *name);
    LF_CO_TRY(const Copied copied, co_await CopyObject(call, StoreOf(from), from.path, staging, *name, expected,
                                                       env_.MeansOf(staging_.group())));
    NoteResumed(env_.log, env_.MeansOf(staging_.group()), meter_, call, spec_.name, from.path, copied.resumed_bytes);
    if (copied.outcome == PutOutcome::kCreated) co_return Located{.at = *name, .digest = wanted, .etag = copied.etag};
  }
  co_return Fail(ErrorCode::kRefused,
                 fmt::format("{} objects of this name with other bytes are staged already", kNamesMax),
                 fmt::format("{}/{}", staging.uri(), to.text()),
                 "find out who else writes to the staging location or damages it; what has this name may be deleted if "
                 "no other sender works on this group");
}

}  // namespace lakeferry::engine
