#include "engine/apply/placed_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/task_group.h"
#include "engine/apply/vouched.h"
#include "engine/copy/object_digest.h"
#include "plan/retention/reclaim.h"

namespace lakeferry::engine {
namespace {

// What a store lists in a page, about.
constexpr int64_t kFilesOfPage = 1'000;

}  // namespace

Task<Status> PlacedFiles::Check(Call call, std::vector<plan::StagedFile> files, int64_t live) {
  LF_CO_TRY(const Found listed, co_await Find(call, files, live));
  const auto check = [this, &call, &files, &listed](size_t i) {
    const auto info = listed.find(files[i].path);
    return CheckOne(call, files[i], info == listed.end() ? nullptr : &info->second);
  };
  co_return co_await ParallelFor(files.size(), static_cast<size_t>(env_.limits.copies_in_flight_max), check);
}

Task<Result<PlacedFiles::Found>> PlacedFiles::Find(Call call, const std::vector<plan::StagedFile>& files,
                                                   int64_t live) const {
  Found found;
  // A folder may hold more than the live files, and a table its log: half as many pages as there are files say what it
  // costs at most.
  const int64_t pages_max = std::ssize(files) / 2;
  if (!target_.traits().far || live / kFilesOfPage >= pages_max) co_return found;
  const ObjectPath folder = files.front().path.parent();
  const bool one = std::ranges::all_of(files, [&](const auto& file) { return file.path.parent() == folder; });
  ListRequest request{.folder = one ? folder : ObjectPath(), .recursive = !one};
  for (const plan::StagedFile& file : files) found.emplace(file.path, ObjectInfo());
  for (int64_t page = 0; page < pages_max; ++page) {
    LF_CO_TRY(ListPage listed, co_await target_.List(call, request));
    for (ObjectInfo& object : listed.listing.objects) {
      const auto wanted = found.find(object.path);
      if (wanted != found.end()) wanted->second = std::move(object);
    }
    request.resume = std::move(listed.resume);
    if (request.resume.empty()) break;
  }
  std::erase_if(found, [](const auto& entry) { return entry.second.path.empty(); });
  co_return found;
}

Task<Status> PlacedFiles::CheckOne(Call call, const plan::StagedFile& file, const ObjectInfo* listed) {
  if (listed != nullptr && Vouches(target_, *listed, file)) co_return co_await KeepYoung(call, file, *listed);
  const CopySlots::Slot slot = co_await env_.copy_slots.Acquire(staging_.group());
  const Result<ObjectInfo> there = co_await target_.Head(call, file.path);
  if (!there && there.error().code == ErrorCode::kNotFound) {
    co_return std::unexpected(Damage("a file that the sender has placed is not there", file));
  }
  LF_CO_TRY_OK(there);
  LF_CO_TRY_OK(co_await Compare(call, file, *there));
  co_return co_await KeepYoung(call, file, *there);
}

Task<Status> PlacedFiles::Compare(Call call, const plan::StagedFile& file, const ObjectInfo& info) {
  if (Vouches(target_, info, file)) co_return Status{};
  const Result<ObjectDigest> there =
      co_await DigestOf(call, target_, file.path, env_.limits.copy_buffer_bytes, HashingOf(file));
  if (!there && there.error().code == ErrorCode::kNotFound) {
    co_return std::unexpected(Damage("a file that the sender has placed is not there any more", file));
  }
  LF_CO_TRY_OK(there);
  if (IsWhatLeft(*there, file)) co_return Status{};
  co_return std::unexpected(Damage("a file that the sender has placed is not what left", file));
}

Task<Status> PlacedFiles::KeepYoung(Call call, const plan::StagedFile& file, const ObjectInfo& info) {
  if (env_.clock.WallTime() - info.modified < plan::kYoungObject) co_return Status{};
  const Result<bool> touched = co_await target_.Touch(call, file.path);
  if (!touched && touched.error().code == ErrorCode::kNotFound) {
    co_return std::unexpected(Damage("a file that the sender has placed is not there any more", file));
  }
  LF_CO_TRY_OK(touched);
  co_return Status{};
}

Error PlacedFiles::Damage(std::string what, const plan::StagedFile& file) const {
  return {.code = ErrorCode::kCorruptData,
          .message = std::move(what),
          .where = fmt::format("{}/{}", target_.uri(), file.path.text()),
          .remedy = {}};
}

}  // namespace lakeferry::engine
