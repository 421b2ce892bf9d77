#include "engine/copy/object_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "async/both.h"
#include "base/digest.h"
#include "engine/copy/part_pump.h"
#include "env/store_calls.h"

namespace lakeferry::engine {
namespace {

Status CheckExpected(const ObjectDigest& digest, const Expected& expected, const ObjectPath& path) {
  if (expected.size && digest.size != *expected.size) {
    return Fail(ErrorCode::kCorruptData,
                fmt::format("the object has {} bytes where {} were expected", digest.size, *expected.size),
                path.text());
  }
  if (expected.crc64 && digest.crc64 != *expected.crc64) {
    return Fail(
        ErrorCode::kCorruptData,
        fmt::format("the object's CRC-64 is {} where {} was expected", Hex64(digest.crc64), Hex64(*expected.crc64)),
        path.text());
  }
  if (!expected.sha256.empty() && digest.sha256 != expected.sha256) {
    return Fail(ErrorCode::kCorruptData,
                fmt::format("the object's SHA-256 is {} where {} was expected", digest.sha256, expected.sha256),
                path.text());
  }
  return {};
}

// Why the store refuses the time; empty where it does not. Nothing is published yet: an error that may pass is worth
// another attempt. One that stays is not worth an object that does not arrive.
Task<Result<std::string>> SetTime(Call call, ObjectWriter& writer, TimeMs modified) {
  const Result<bool> set = co_await writer.SetModified(call, modified);
  if (set) co_return std::string();
  const ErrorCode code = set.error().code;
  const bool for_good =
      code == ErrorCode::kUnauthorized || code == ErrorCode::kInvalidArgument || code == ErrorCode::kInternal;
  if (!for_good) co_return std::unexpected(set.error());
  co_return ToString(set.error());
}

// After a lost answer: was it our bytes that arrived? The write may have happened, or not, or be happening still, and
// putting again would tell no more: "existed" could be our own. What is there decides. Equal bytes are as good as
// created, whoever wrote them; other bytes are another's object; nothing there is a write that has to be tried again,
// by a caller who then comes through here once more. A read that fails says nothing about what was copied.
Task<Result<PutOutcome>> ReadBack(Call call, ObjectStore& to, ObjectPath to_path, ObjectDigest sent,
                                  size_t buffer_bytes) {
  const Hashing hashing = sent.sha256.empty() ? Hashing::kCrc64 : Hashing::kSha256;
  Result<ObjectDigest> found = co_await DigestOf(call, to, to_path, buffer_bytes, hashing);
  if (found) co_return *found == sent ? PutOutcome::kCreated : PutOutcome::kExisted;
  // Whoever reads on takes corrupt data for the fault of what was copied.
  if (found.error().code == ErrorCode::kCorruptData) {
    co_return Fail(ErrorCode::kUnavailable,
                   fmt::format("what was written cannot be read back: {}", found.error().message),
                   fmt::format("{}/{}", to.uri(), to_path.text()), "it is tried again");
  }
  if (found.error().code != ErrorCode::kNotFound) co_return std::unexpected(found.error());
  co_return Fail(ErrorCode::kUnavailable, "the write was lost on its way", to_path.text());
}

// `copied`, with what became of it.
Task<Result<Copied>> Settle(Call call, Copied copied, Result<PutOutcome> outcome, ObjectStore& to, ObjectPath to_path,
                            size_t buffer_bytes) {
  const bool unknown = !outcome && outcome.error().code == ErrorCode::kOutcomeUnknown;
  if (unknown) outcome = co_await ReadBack(call, to, to_path, copied.digest, buffer_bytes);
  LF_CO_TRY(copied.outcome, outcome);
  co_return copied;
}

}  // namespace

Expected ExpectedOf(const plan::StagedFile& file) {
  return {.size = file.size, .crc64 = file.crc64, .sha256 = file.sha256, .hashing = HashingOf(file)};
}

namespace {

// Of bytes that are to arrive, if they are what was expected.
Result<Copied> Sum(std::string_view bytes, const ObjectPath& from_path, const Expected& expected) {
  Digester digester(expected.hashing);
  digester.Update(bytes);
  Copied copied{.digest = digester.Finish()};
  LF_TRY_OK(CheckExpected(copied.digest, expected, from_path));
  return copied;
}

// Of an object that fits into the buffer: one call instead of those that a writer takes.
Task<Result<Copied>> PutSmall(Call call, std::string bytes, ObjectPath from_path, ObjectStore& to, ObjectPath to_path,
                              Expected expected, size_t buffer_bytes) {
  LF_CO_TRY(Copied copied, Sum(bytes, from_path, expected));
  Result<Created> created = co_await to.Create(call, to_path, std::move(bytes));
  Result<PutOutcome> outcome = PutOutcome::kCreated;
  if (created) {
    outcome = created->outcome;
    copied.etag = std::move(created->etag);
  } else {
    outcome = std::unexpected(std::move(created).error());
  }
  co_return co_await Settle(call, std::move(copied), std::move(outcome), to, to_path, buffer_bytes);
}

// All but the publishing. `kept`: what the writer needs of the memory until then.
Task<Result<Copied>> Fill(Call call, OpenObject& object, ObjectWriter& writer, ObjectPath from_path, Expected expected,
                          CopyMeans means, std::optional<TimeMs> modified, std::vector<CopyMemory::Loan>& kept) {
  PartPump pump(object, writer, expected.hashing, std::move(means));
  Copied copied;
  LF_CO_TRY(copied.digest, co_await pump.Run(call));
  copied.resumed_bytes = pump.resumed_bytes();
  kept = pump.TakeKept();
  LF_CO_TRY_OK(CheckExpected(copied.digest, expected, from_path));
  if (modified) {
    LF_CO_TRY(copied.time_refused, co_await SetTime(call, writer, *modified));
  }
  co_return copied;
}

// Whether another attempt may come to an end with what is written already: what kept this one from it passes, or is put
// right by people. A source that is another than was expected will not be that again.
bool MayGoOn(ErrorCode why) {
  return why == ErrorCode::kUnavailable || why == ErrorCode::kThrottled || why == ErrorCode::kCancelled ||
         why == ErrorCode::kUnauthorized;
}

// Where it must be what a SHA-256 names, somebody may have forged it: parts that he left would have the right CRC-64.
WriteHints HintsFor(int64_t size_bytes, const Expected& expected, const CopyMeans& means) {
  return {.size_bytes = size_bytes, .resume = size_bytes >= means.resume_bytes_min && expected.sha256.empty()};
}

struct Begun {
  std::unique_ptr<ObjectWriter> writer;
  bool leaves = false;  // what another can go on with, if it comes to no end
};

// A far store keeps what it has of an upload that nobody ends: for the next attempt, or for nothing.
Task<Result<PreparedCopy>> FillOrAbort(Call call, OpenObject& object, Begun begun, ObjectPath from_path,
                                       Expected expected, CopyMeans means, std::optional<TimeMs> modified,
                                       std::vector<CopyMemory::Loan>& kept) {
  ObjectWriter& filled = *begun.writer;
  Result<Copied> copied =
      co_await Fill(call, object, filled, from_path, std::move(expected), std::move(means), modified, kept);
  if (copied) co_return PreparedCopy{.writer = std::move(begun.writer), .copied = *std::move(copied)};
  if (!begun.leaves || !MayGoOn(copied.error().code)) {
    [[maybe_unused]] const Status gone = co_await filled.Abort(call.Unstoppable());
  }
  co_return std::unexpected(std::move(copied).error());
}

}  // namespace

Task<Result<PreparedCopy>> PrepareCopy(Call call, ObjectStore& from, ObjectPath from_path, ObjectStore& to,
                                       ObjectPath to_path, Expected expected, CopyMeans means,
                                       std::optional<TimeMs> modified) {
  // A writer that knows that an object fits into one part holds that part until it is committed: it is not told of
  // those between, which would be as good as memory. Nobody's part is as large as what can be gone on with.
  const int64_t size = expected.size.value_or(0);
  const bool small = expected.size && std::cmp_less_equal(size, means.buffer_bytes);
  WriteHints hints = HintsFor(size, expected, means);
  if (!small && size < means.resume_bytes_min) hints.size_bytes.reset();
  auto [object, writer] = co_await Both(from.Open(call, from_path), to.Begin(call, to_path, hints));
  LF_CO_TRY_OK(object);
  LF_CO_TRY_OK(writer);
  OpenObject& opened = **object;
  // Given back at the end: memory that waited for others' commits could be what these wait for.
  std::vector<CopyMemory::Loan> kept;
  Begun begun{.writer = *std::move(writer), .leaves = hints.resume && to.traits().resumes};
  co_return co_await FillOrAbort(call, opened, std::move(begun), from_path, std::move(expected), std::move(means),
                                 modified, kept);
}

Task<Result<Copied>> PublishCopy(Call call, PreparedCopy prepared, ObjectStore& to, ObjectPath to_path,
                                 size_t buffer_bytes) {
  const ObjectDigest& digest = prepared.copied.digest;
  Result<PutOutcome> outcome = co_await prepared.writer->CommitIfAbsent(call, digest.size, {.crc64 = digest.crc64});
  if (outcome && *outcome == PutOutcome::kCreated) prepared.copied.etag = prepared.writer->etag();
  // Gone on with, what the store does not take would be refused again, and for ever.
  const bool refused = !outcome && !MayGoOn(outcome.error().code) && outcome.error().code != ErrorCode::kOutcomeUnknown;
  if (refused) {
    [[maybe_unused]] const Status gone = co_await prepared.writer->Abort(call.Unstoppable());
  }
  co_return co_await Settle(call, std::move(prepared.copied), std::move(outcome), to, to_path, buffer_bytes);
}

Task<Result<Copied>> CopyObject(Call call, ObjectStore& from, ObjectPath from_path, ObjectStore& to, ObjectPath to_path,
                                Expected expected, CopyMeans means, std::optional<TimeMs> modified) {
  const size_t buffer_bytes = means.buffer_bytes;
  if (!modified && expected.size && std::cmp_less_equal(*expected.size, buffer_bytes)) {
    co_await means.Await(call, static_cast<size_t>(*expected.size));
    LF_CO_TRY(std::string bytes, co_await from.Get(call, from_path, buffer_bytes));
    co_return co_await PutSmall(call, std::move(bytes), from_path, to, to_path, std::move(expected), buffer_bytes);
  }
  LF_CO_TRY(const std::unique_ptr<OpenObject> object, co_await from.Open(call, from_path));
  OpenObject& opened = *object;
  if (!modified && std::cmp_less_equal(opened.size_bytes(), buffer_bytes)) {
    co_await means.Await(call, static_cast<size_t>(opened.size_bytes()));
    LF_CO_TRY(std::string bytes, co_await ReadAll(call, opened));
    co_return co_await PutSmall(call, std::move(bytes), from_path, to, to_path, std::move(expected), buffer_bytes);
  }
  const WriteHints hints = HintsFor(opened.size_bytes(), expected, means);
  LF_CO_TRY(std::unique_ptr<ObjectWriter> writer, co_await to.Begin(call, to_path, hints));
  Begun begun{.writer = std::move(writer), .leaves = hints.resume && to.traits().resumes};
  std::vector<CopyMemory::Loan> kept;
  LF_CO_TRY(PreparedCopy prepared, co_await FillOrAbort(call, opened, std::move(begun), from_path, std::move(expected),
                                                        std::move(means), modified, kept));
  co_return co_await PublishCopy(call, std::move(prepared), to, to_path, buffer_bytes);
}

Task<std::vector<Result<Copied>>> CopyEach(Call call, ObjectStore& from, ObjectStore& to, std::vector<SmallCopy> copies,
                                           size_t size_max, CopyMeans means) {
  std::vector<ObjectPath> paths;
  paths.reserve(copies.size());
  size_t bytes = 0;
  for (const SmallCopy& copy : copies) {
    paths.push_back(copy.from);
    bytes += static_cast<size_t>(copy.expected.size.value_or(0));
  }
  co_await means.Await(call, bytes);
  std::vector<Result<std::string>> texts = co_await from.GetEach(call, std::move(paths), size_max);
  std::vector<Result<Copied>> all;
  std::vector<WholeObject> objects;
  std::vector<size_t> numbers;  // of those that go on
  for (size_t i = 0; i < copies.size(); ++i) {
    all.push_back(texts[i] ? Sum(*texts[i], copies[i].from, copies[i].expected)
                           : Result<Copied>(std::unexpected(std::move(texts[i]).error())));
    if (!all.back()) continue;
    objects.push_back({.path = copies[i].to, .bytes = *std::move(texts[i])});
    numbers.push_back(i);
  }
  if (objects.empty()) co_return all;
  std::vector<Result<PutOutcome>> outcomes = co_await to.PutEachIfAbsent(call, std::move(objects));
  for (size_t i = 0; i < numbers.size(); ++i) {
    Result<Copied>& one = all[numbers[i]];
    one = co_await Settle(call, *std::move(one), std::move(outcomes[i]), to, copies[numbers[i]].to, size_max);
  }
  co_return all;
}

Task<Result<PutOutcome>> PutSettled(Call call, ObjectStore& store, ObjectPath path, std::string bytes) {
  Result<PutOutcome> outcome = co_await store.PutIfAbsent(call, path, bytes);
  const bool unknown = !outcome && outcome.error().code == ErrorCode::kOutcomeUnknown;
  if (!unknown && (!outcome || *outcome == PutOutcome::kCreated)) co_return outcome;
  Result<std::string> found = co_await store.Get(call, path, bytes.size() + 1);
  if (found && *found == bytes) co_return PutOutcome::kCreated;
  if (found || found.error().code == ErrorCode::kCorruptData) co_return PutOutcome::kExisted;
  if (found.error().code != ErrorCode::kNotFound) co_return std::unexpected(found.error());
  co_return Fail(ErrorCode::kUnavailable, "the write was lost on its way", path.text());
}

}  // namespace lakeferry::engine
