#include "engine/inquire/wall_check.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/trial_name.h"
#include "delta/log_path.h"
#include "engine/log/table_log.h"
#include "env/store_calls.h"

namespace lakeferry::engine {
namespace {

using plan::Finding;
using plan::Severity;

enum class Deed { kRead, kWrite, kWriteLog, kDelete };

std::string_view NameOf(Deed deed) {
  switch (deed) {
    case Deed::kRead: return "read";
    case Deed::kWrite: return "write";
    case Deed::kWriteLog: return "write the log of";
    case Deed::kDelete: return "delete";
  }
  return {};
}

// How an attempt ended: denied, come through, or neither, and then why.
struct Attempt {
  bool denied = false;
  std::optional<Error> unclear = {};
};

template <typename T>
Attempt AttemptOf(const Result<T>& result) {
  if (result) return {};
  if (result.error().code == ErrorCode::kUnauthorized) return {.denied = true};
  return {.unclear = result.error()};
}

Attempt NothingThere() {
  return {.unclear = Error{.code = ErrorCode::kNotFound, .message = "nothing is there", .where = {}, .remedy = {}}};
}

Attempt AddsToFolder() {
  return {.unclear = Error{.code = ErrorCode::kUnauthorized,
                           .message = "whoever may add files to a folder may delete there, as far as its rights go",
                           .where = {},
                           .remedy = "the sticky bit of the folder keeps users from each other's files"}};
}

// A wall: a deed at a place, which a role must not be able to do.
struct Wall {
  Deed deed;
  std::string what;  // "target of table t"
  std::string uri;
  bool adds = false;  // the role may add objects there
};

class WallCheck {
 public:
  WallCheck(const Environment& env, Role role, CredentialsAt credentials)
      : env_(env), role_(role), credentials_at_(std::move(credentials)) {}

  Task<Finding> Run(Call call, Wall wall) {
    for (const std::string& credential : credentials_at_(wall.uri)) {
      const Attempt attempt = co_await Try(call, wall, credential);
      if (attempt.unclear) co_return Unclear(wall, *attempt.unclear);
      if (!attempt.denied) co_return Breached(wall, credential);
    }
    co_return Finding{.severity = Severity::kInfo,
                      .what = fmt::format("the {} cannot {} the {}: it was tried, and denied", RoleName(role_),
                                          NameOf(wall.deed), wall.what),
                      .where = wall.uri,
                      .remedy = {}};
  }

 private:
  Task<Attempt> Try(Call call, const Wall& wall, std::string credential) {
    const StoreRight right = wall.deed == Deed::kRead ? StoreRight::kReadSource : StoreRight::kWriteTarget;
    const auto store = env_.stores.Open({.uri = wall.uri, .credential = std::move(credential), .right = right});
    if (!store) co_return AttemptOf(store);
    if (wall.deed == Deed::kRead) co_return co_await TryReading(call, **store);
    if (wall.deed == Deed::kWrite) co_return co_await TryWriting(call, **store, {});
    if (wall.deed == Deed::kWriteLog) {
      co_return co_await TryWriting(call, **store, ObjectPath::Of(delta::kLogFolder));
    }
    if (wall.adds && !(*store)->traits().far) co_return AddsToFolder();
    co_return co_await TryDeleting(call, **store);
  }

  // To list and to get are two rights of most services: both have to be lacked. An empty folder is what somebody sees
  // who may list a bucket, and of a file system what nobody can tell from none.
  static Task<Attempt> TryReading(Call call, ObjectStore& store) {
    const auto listing = co_await store.List(call, {.folder = ObjectPath::Of("_delta_log")});
    const bool empty = listing && listing->listing.objects.empty();
    if (empty && !store.traits().far) co_return NothingThere();
    const Attempt listed = AttemptOf(listing);
    if (!listed.denied) co_return listed;
    const auto first = co_await store.Head(call, TableLog::CommitPath(Version(0)));
    co_return AttemptOf(first);
  }

  // A write would make the folder.
  Task<Attempt> TryWriting(Call call, ObjectStore& store, ObjectPath folder) const {
    const ObjectPath name = folder / UnusedName();
    if (!store.traits().far) {
      const auto root = co_await store.List(call, {.folder = folder});
      const bool empty = root && root->listing.objects.empty() && root->listing.folders.empty();
      if (empty) co_return NothingThere();
    }
    const auto written = co_await store.PutIfAbsent(call, name, "whether this can be written\n");
    const bool lost = !written && written.error().code == ErrorCode::kOutcomeUnknown;
    if (written || lost) {
      [[maybe_unused]] const Status gone = co_await DeleteOne(call.Unstoppable(), store, name);
    }
    co_return AttemptOf(written);
  }

  // Of a name that nobody has: whoever may delete is told that it is gone.
  Task<Attempt> TryDeleting(Call call, ObjectStore& store) const {
    const ObjectPath name = UnusedName();
    if (!store.traits().far) co_return co_await TryWriting(call, store, {});
    const Status deleted = co_await DeleteOne(call, store, name);
    co_return AttemptOf(deleted);
  }

  [[nodiscard]] ObjectPath UnusedName() const { return TrialName(env_.random.Next()); }

  [[nodiscard]] Finding Breached(const Wall& wall, const std::string& credential) const {
    const std::string whom = credential.empty() ? std::string() : fmt::format(" as credential {}", credential);
    return {.severity = Severity::kError,
            .what = fmt::format("the {} can {} the {}{}", RoleName(role_), NameOf(wall.deed), wall.what, whom),
            .where = wall.uri,
            .remedy =
                "grant it no more than `lakeferry permissions` prints; until then a fault or an intruder at this "
                "side reaches the other's data"};
  }

  [[nodiscard]] Finding Unclear(const Wall& wall, const Error& error) const {
    return {.severity = Severity::kWarning,
            .what = fmt::format("whether the {} can {} the {} cannot be told: {}", RoleName(role_), NameOf(wall.deed),
                                wall.what, error.message),
            .where = error.where.empty() ? Place(wall.uri) : error.where,
            .remedy = error.remedy};
  }

  const Environment& env_;
  Role role_;
  CredentialsAt credentials_at_;
};

std::vector<Wall> WallsOf(const plan::GroupSpec& spec, Role role) {
  std::vector<Wall> walls;
  for (const plan::TableSpec& table : spec.tables) {
    const std::string source = fmt::format("source of table {}", table.name);
    const std::string target = fmt::format("target of table {}", table.name);
    if (role == Role::kReceiver) walls.push_back({Deed::kRead, source, table.source_uri});
    walls.push_back({Deed::kWrite, source, table.source_uri});
    walls.push_back({Deed::kDelete, source, table.source_uri});
    const Deed written = spec.direct ? Deed::kWriteLog : Deed::kWrite;
    if (role == Role::kSender) walls.push_back({written, target, table.target_uri});
    if (role == Role::kSender || !spec.retention) {
      walls.push_back({Deed::kDelete, target, table.target_uri, role == Role::kSender && spec.direct});
    }
  }
  std::erase_if(walls, [](const Wall& wall) { return wall.uri.empty(); });
  return walls;
}

}  // namespace

Task<std::vector<Finding>> CheckWalls(Call call, const Environment& env, plan::GroupSpec spec, Role role,
                                      CredentialsAt credentials) {
  WallCheck check(env, role, std::move(credentials));
  std::vector<Finding> findings;
  for (Wall& wall : WallsOf(spec, role)) {
    Finding finding = co_await check.Run(call, std::move(wall));
    findings.push_back(std::move(finding));
  }
  co_return findings;
}

}  // namespace lakeferry::engine
