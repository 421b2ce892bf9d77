#include "engine/inquire/table_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "async/task_group.h"
#include "delta/log_path.h"
#include "env/store_calls.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kFoldersAtOnce = 32;

// What one folder holds.
struct Look {
  bool table = false;
  bool empty = false;
  std::vector<ObjectPath> folders = {};
};

bool IsHidden(const ObjectPath& folder) { return folder.name().starts_with('_') || folder.name().starts_with('.'); }

Task<Status> LookAt(Call call, ObjectStore& store, ObjectPath folder, Look& look) {
  LF_CO_TRY(Listing listing, co_await ListAll(call, store, folder));
  look.table =
      std::ranges::any_of(listing.folders, [](const ObjectPath& one) { return one.name() == delta::kLogFolder; });
  look.empty = listing.objects.empty() && listing.folders.empty() && listing.links.empty();
  if (!look.table) look.folders = std::move(listing.folders);
  std::erase_if(look.folders, IsHidden);
  co_return Status{};
}

std::unexpected<Error> NoTable(const std::string& uri, bool nothing) {
  return Fail(ErrorCode::kNotFound, nothing ? "nothing is there" : "there is no Delta table at or below it", uri,
              "name the folder that the tables' own folders lie in; each has a folder _delta_log");
}

}  // namespace

Task<Result<std::vector<FoundTable>>> FindTables(Call call, const Environment& env, std::string uri) {
  LF_CO_TRY(const std::shared_ptr<ObjectStore> store, env.stores.Open({.uri = uri, .right = StoreRight::kReadSource}));
  std::vector<FoundTable> tables;
  std::vector<ObjectPath> folders{ObjectPath()};
  bool nothing = false;
  size_t looked = 0;
  for (size_t depth = 0; depth <= kSearchDepthMax && !folders.empty(); ++depth) {
    looked += folders.size();
    if (looked > kSearchFoldersMax) {
      co_return Fail(ErrorCode::kInvalidArgument,
                     fmt::format("there are more than {} folders, which is too many to look at", kSearchFoldersMax),
                     uri, "name a folder further down, and add the other tables by hand");
    }
    std::vector<Look> looks(folders.size());
    LF_CO_TRY_OK(co_await ParallelFor(folders.size(), kFoldersAtOnce,
                                      [&](size_t i) { return LookAt(call, *store, folders[i], looks[i]); }));
    nothing = depth == 0 && looks.front().empty;
    std::vector<ObjectPath> next;
    for (size_t i = 0; i < folders.size(); ++i) {
      if (looks[i].table) tables.push_back(folders[i]);
      std::ranges::move(looks[i].folders, std::back_inserter(next));
    }
    folders = std::move(next);
  }
  if (tables.empty()) co_return NoTable(uri, nothing);
  std::ranges::sort(tables);
  co_return tables;
}

}  // namespace lakeferry::engine
