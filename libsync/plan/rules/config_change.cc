#include "plan/rules/config_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "plan/rules/start_anew.h"

namespace lakeferry::plan {
namespace {

std::string ModeOf(delta::ReplicationMode mode) { return std::string(delta::ReplicationModeName(mode)); }

// What the epoch went between, as far as it is known.
struct Ends {
  std::string source;
  std::string target;  // empty: not known
};

Ends EndsOf(const ManifestTable& table, const std::optional<Receipt>& answer) {
  Ends ends{.source = table.source_uri, .target = {}};
  if (!answer || !answer->applied) return ends;
  const auto known = std::ranges::find(answer->tables, table.name, &ReceiptTable::name);
  if (known != answer->tables.end()) ends.target = known->target;
  return ends;
}

std::optional<ConfigChange> SwapOf(const TableSpec& now, const Ends& was, Epoch epoch) {
  const bool into_source = !now.target_uri.empty() && now.target_uri == was.source;
  const bool from_target = !was.target.empty() && now.source_uri == was.target;
  if (!into_source && !from_target) return std::nullopt;
  ConfigChange change{.kind = ChangeKind::kSwapped, .table = now.name, .what = {}, .where = now.target_uri};
  const bool both = into_source && (from_target || was.target.empty());
  if (both) {
    change.what =
        fmt::format("source and target of table '{}' are swapped: epoch {} came from {}, which is its target now",
                    now.name, epoch.value(), was.source);
  } else if (into_source) {
    change.what = fmt::format("the target of table '{}' changed from {} to {}, which was its source in epoch {}",
                              now.name, was.target, now.target_uri, epoch.value());
  } else {
    change.where = now.source_uri;
    change.what = fmt::format("the source of table '{}' changed from {} to {}, which was its target in epoch {}",
                              now.name, was.source, now.source_uri, epoch.value());
  }
  return change;
}

void CompareTable(const TableSpec& now, const Ends& was, const GroupSpec& spec, Role role, Epoch epoch,
                  std::vector<ConfigChange>& changes) {
  if (auto swapped = SwapOf(now, was, epoch)) {
    changes.push_back(*std::move(swapped));
    return;
  }
  const bool may_move = spec.sources_moved || now.source_moved;
  // An end that the other side asks its catalog for is not known here.
  const bool knows_target = !now.target_uri.empty() || !now.target_by_catalog;
  const bool other_source = role == Role::kSender && !may_move && now.source_uri != was.source;
  if (other_source) {
    changes.push_back({.kind = ChangeKind::kSource,
                       .table = now.name,
                       .what = fmt::format("the source of table '{}' changed from {} to {} since epoch {}", now.name,
                                           was.source, now.source_uri, epoch.value()),
                       .where = now.source_uri});
  }
  if (!was.target.empty() && knows_target && now.target_uri != was.target) {
    changes.push_back({.kind = ChangeKind::kTarget,
                       .table = now.name,
                       .what = fmt::format("the target of table '{}' changed from {} to {} since epoch {}", now.name,
                                           was.target, now.target_uri, epoch.value()),
                       .where = now.target_uri});
  }
}

void CompareGroup(const Manifest& last, const GroupSpec& spec, Role role, std::string_view region,
                  std::vector<ConfigChange>& changes) {
  const auto differs = [&](ChangeKind kind, std::string_view of, std::string_view was, std::string_view now) {
    if (was == now) return;
    changes.push_back({.kind = kind,
                       .table = {},
                       .what = fmt::format("the {} of group '{}' changed from {} to {} since epoch {}", of, spec.name,
                                           was, now, last.epoch.value()),
                       .where = spec.staging_uri});
  };
  differs(ChangeKind::kMode, "mode", ModeOf(last.mode), ModeOf(spec.mode));
  if (role != Role::kSender) return;
  differs(ChangeKind::kWorkspace, "workspace", fmt::format("'{}'", last.workspace),
          fmt::format("'{}'", spec.workspace));
  differs(ChangeKind::kRegion, "sender's region", fmt::format("'{}'", last.region), fmt::format("'{}'", region));
}

bool Has(const std::vector<ConfigChange>& changes, ChangeKind kind) {
  return std::ranges::find(changes, kind, &ConfigChange::kind) != changes.end();
}

}  // namespace

std::vector<ConfigChange> ChangesSince(const Manifest& last, const std::optional<Receipt>& answer,
                                       const GroupSpec& spec, Role role, std::string_view region) {
  std::vector<ConfigChange> changes;
  CompareGroup(last, spec, role, region, changes);
  for (const TableSpec& now : spec.tables) {
    const auto was = std::ranges::find(last.tables, now.name, &ManifestTable::name);
    if (was == last.tables.end()) continue;
    CompareTable(now, EndsOf(*was, answer), spec, role, last.epoch, changes);
  }
  for (ConfigChange& change : changes) change.group = spec.name;
  return changes;
}

std::vector<ConfigChange> Forbidden(std::vector<ConfigChange> changes) {
  std::erase_if(changes, [](const ConfigChange& change) { return change.kind == ChangeKind::kTarget; });
  return changes;
}

std::string WordsOf(const std::vector<ConfigChange>& changes) {
  std::string words;
  for (const ConfigChange& change : changes) words += fmt::format("{}{}", words.empty() ? "" : "; ", change.what);
  return words;
}

std::string RemedyOf(const std::vector<ConfigChange>& changes) {
  std::string remedy = "if that was not meant, set it back";
  if (Has(changes, ChangeKind::kSwapped)) {
    return remedy + "; nothing was written there, and nothing of it is to be moved or deleted";
  }
  const auto moved = std::ranges::find(changes, ChangeKind::kSource, &ConfigChange::kind);
  if (moved != changes.end()) {
    remedy += fmt::format("; if the folder was moved there, have 'lakeferry relocate {} {}' prove it", moved->group,
                          moved->table);
  }
  if (Has(changes, ChangeKind::kWorkspace) || Has(changes, ChangeKind::kRegion)) {
    remedy += "; two configurations need a staging location or a group name each";
  }
  if (Forbidden(changes).empty()) return remedy;
  return fmt::format("{}; if it was, {}", remedy, kStartAnew);
}

Status CheckUnchanged(const std::vector<ConfigChange>& changes) {
  if (changes.empty()) return {};
  return Fail(ErrorCode::kRefused, WordsOf(changes), changes.front().where, RemedyOf(changes));
}

Error AfterChanges(Error error, const std::vector<ConfigChange>& changes) {
  const bool explained =
      error.code == ErrorCode::kRefused || error.code == ErrorCode::kDiverged || error.code == ErrorCode::kCorruptData;
  const bool told = changes.empty() || error.message.starts_with(changes.front().what);
  if (told || !explained) return error;
  error.message = fmt::format("{}: {}", WordsOf(changes), error.message);
  error.remedy = fmt::format("{}{}{}", RemedyOf(changes), error.remedy.empty() ? "" : "; else ", error.remedy);
  return error;
}

}  // namespace lakeferry::plan
