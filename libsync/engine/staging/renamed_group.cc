#include "engine/staging/renamed_group.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "engine/group/store_refs.h"
#include "engine/staging/other_groups.h"
#include "plan/rules/owner_rules.h"

namespace lakeferry::engine {
namespace {

using Fits = std::function<bool(const plan::Manifest&)>;

// A table of that name, or from that place.
bool ShareTables(const plan::Manifest& manifest, const plan::GroupSpec& spec) {
  return std::ranges::any_of(manifest.tables, [&spec](const plan::ManifestTable& table) {
    return std::ranges::any_of(spec.tables, [&table](const plan::TableSpec& ours) {
      return ours.name == table.name || ours.source_uri == table.source_uri;
    });
  });
}

// What a sender would have staged for the group under its other name.
bool IsSameGroup(const plan::Manifest& manifest, const plan::GroupSpec& spec, const std::string& region) {
  if (manifest.workspace != spec.workspace || manifest.region != region) return false;
  return std::ranges::any_of(manifest.tables, [&spec](const plan::ManifestTable& table) {
    return std::ranges::any_of(spec.tables, [&table](const plan::TableSpec& ours) {
      return ours.name == table.name && ours.source_uri == table.source_uri;
    });
  });
}

// Whether the mark there is one of another sender; what bears none, or none that can be read, may be anybody's.
Task<Result<bool>> IsAnothers(Call call, const Environment& env, const StagingArea& staging) {
  if (env.home.host.empty()) co_return false;
  const ObjectPath path = staging.layout().Owner();
  const Result<std::string> text = co_await staging.store().Get(call, path, plan::kOwnerMarkBytesMax);
  if (!text && IsTransient(text.error().code)) co_return std::unexpected(text.error());
  if (!text) co_return false;
  const Result<plan::OwnerMark> mark = plan::ReadOwnerMark(*text, path.text());
  const plan::OwnerMark own{.host = env.home.host, .metadata_store = env.home.metadata_store};
  co_return mark && !plan::IsOwn(*mark, own);
}

// The groups beside that of `own` that are not configured, and of which the newest manifest fits.
Task<Result<std::vector<std::string>>> OthersThatFit(Call call, const Environment& env, const plan::GroupSpec& spec,
                                                     const StagingArea& own, const std::set<std::string>& configured,
                                                     Fits fits) {
  LF_CO_TRY(const std::vector<std::string> others, co_await OtherGroups(call, own));
  std::vector<std::string> found;
  for (const std::string& other : others) {
    if (configured.contains(other)) continue;
    LF_CO_TRY(const StagingArea staging, co_await OpenStagingOf(env, spec, other));
    const Result<std::optional<plan::Manifest>> newest = co_await NewestManifest(call, staging);
    if (newest && *newest && fits(**newest)) found.push_back(other);
  }
  co_return found;
}

}  // namespace

Task<Result<std::optional<plan::Manifest>>> NewestManifest(Call call, const StagingArea& staging) {
  LF_CO_TRY(const std::vector<Epoch> epochs, co_await staging.EpochsAfter(call, Epoch()));
  for (size_t i = epochs.size(); i > 0; --i) {
    LF_CO_TRY(std::optional<StagedObject> staged, co_await staging.Look(call, epochs[i - 1]));
    if (staged && staged->manifest) co_return *std::move(staged->manifest);
  }
  co_return std::optional<plan::Manifest>();
}

Task<Result<StagingArea>> OpenStagingOf(const Environment& env, const plan::GroupSpec& spec, std::string group) {
  LF_CO_TRY(auto store, env.stores.Open(StagingRef(spec, StoreRight::kReadStaging)));
  plan::StagingSite site = plan::StagingOf(spec);
  site.group = std::move(group);
  co_return StagingArea(std::move(store), std::move(site), env);
}

Task<Result<std::vector<std::string>>> SameUnderOtherNames(Call call, const Environment& env,
                                                           const plan::GroupSpec& spec, const StagingArea& own,
                                                           const std::set<std::string>& configured) {
  const auto shares = [&spec](const plan::Manifest& manifest) { return ShareTables(manifest, spec); };
  co_return co_await OthersThatFit(call, env, spec, own, configured, shares);
}

Task<Status> CheckNotRenamed(Call call, const Environment& env, const plan::GroupSpec& spec, const StagingArea& own) {
  if (!spec.configured) co_return Status{};
  const auto fits = [&spec, &env](const plan::Manifest& manifest) { return IsSameGroup(manifest, spec, env.region); };
  const Result<std::vector<std::string>> others = co_await OthersThatFit(call, env, spec, own, *spec.configured, fits);
  if (!others && others.error().code == ErrorCode::kUnauthorized) co_return Status{};
  LF_CO_TRY_OK(others);
  std::vector<std::string> same;
  for (const std::string& other : *others) {
    LF_CO_TRY(const StagingArea staging, co_await OpenStagingOf(env, spec, other));
    LF_CO_TRY(const bool anothers, co_await IsAnothers(call, env, staging));
    if (!anothers) same.push_back(other);
  }
  if (same.empty()) co_return Status{};
  co_return Fail(
      ErrorCode::kRefused,
      fmt::format("nothing is staged for group '{}', and staging holds epochs of group '{}', which has the same tables "
                  "and is not configured here",
                  spec.name, fmt::join(same, "', '")),
      std::string(own.store().uri()),
      fmt::format(
          "if the group was renamed, name it '{0}' again on both sides; if that one is done with, put it aside: "
          "configure it once more, and `lakeferry reset {0} --role sender`; if both are to be there, "
          "`lakeferry sync {1} --role sender --take-over` begins this one",
          same.front(), spec.name));
}

}  // namespace lakeferry::engine
