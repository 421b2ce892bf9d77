#include "daemon/config/config_groups.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "daemon/config/config_bandwidth.h"
#include "daemon/config/config_catalogs.h"
#include "daemon/config/config_keys.h"
#include "daemon/config/config_notifications.h"
#include "daemon/config/config_rights.h"
#include "daemon/config/config_tables.h"
#include "daemon/config/config_values.h"
#include "daemon/config/config_workflows.h"
#include "daemon/config/joining_groups.h"
#include "daemon/config/region_places.h"
#include "daemon/config/zones.h"
#include "plan/group/cron.h"

namespace lakeferry {
namespace {

constexpr Millis kIntervalMin{1'000};
constexpr Millis kPollMin{100};
constexpr Millis kPollMax = std::chrono::hours(1);
constexpr Millis kServicePoll{30'000};  // of what counts what it is asked
constexpr Millis kFarPoll{5'000};       // of what is paid for by the request
constexpr Millis kIntervalMax = std::chrono::days(365);
constexpr Millis kMarginMax = std::chrono::hours(1);
constexpr Millis kRetentionMax = std::chrono::days(36'500);
constexpr int64_t kMinutesMax = int64_t{365} * 24 * 60;
constexpr int64_t kRetriesMax = 1'000;

// What a workspace hands to each of its groups.
struct WorkspaceContext {
  const InheritedSettings* inherited;
  plan::GroupSpec defaults;
  ConfigPlace staging_place;
  std::optional<Location> staging;
  WorkspaceSource source = {};  // of runs
  RegionSettings regions;
  RightNames rights;
  bool polls = false;  // it says how often to look
  GroupCatalogs catalogs = {};
};

// One setting with several names, of which a file may use one: whole minutes, or a duration.
std::optional<Millis> ReadEither(ConfigMap& map, const std::vector<std::string_view>& minute_keys,
                                 std::string_view duration_key) {
  std::vector<std::string_view> present;
  for (const std::string_view key : minute_keys) {
    if (map.Has(key)) present.push_back(key);
  }
  if (map.Has(duration_key)) present.push_back(duration_key);
  if (present.size() > 1) {
    map.Report(present[1], fmt::format("{} and {} set the same thing", present[0], present[1]), "keep one of them");
  }
  if (present.empty()) return std::nullopt;
  if (present[0] == duration_key) return map.Duration(duration_key, kIntervalMin, kIntervalMax);
  const auto minutes = map.Integer(present[0], {.min = 1, .max = kMinutesMax});
  if (!minutes) return std::nullopt;
  return std::chrono::minutes(*minutes);
}

void ReadMails(ConfigMap& map, const InheritedSettings& inherited, plan::GroupSpec& spec) {
  spec.success_mail_to = map.Has("sync_success_notification")
                             ? CheckAddresses(map.Texts("sync_success_notification"), map.problems())
                             : inherited.success_mail_to;
  spec.failure_mail_to = map.Has("sync_failure_notification")
                             ? CheckAddresses(map.Texts("sync_failure_notification"), map.problems())
                             : inherited.failure_mail_to;
  spec.notices = ReadRules(map, inherited.notifications, RulesOf(inherited.notifications));
}

// "never", or a duration; absent where the key is, or is wrong.
std::optional<std::optional<Millis>> ReadVerifyInterval(ConfigMap& workspace) {
  const ConfigNode* value = workspace.Value("verify_interval");
  if (value == nullptr) return std::nullopt;
  if (value->kind == ConfigNode::Kind::kScalar && value->text == "never") return std::optional<Millis>();
  const auto interval = workspace.Duration("verify_interval", kIntervalMin, kIntervalMax);
  if (!interval) return std::nullopt;
  return interval;
}

void ReadTimes(ConfigMap& workspace, const std::string& file, plan::GroupSpec& spec,
               std::vector<plan::Finding>& notes) {
  spec.sync_interval = ReadEither(workspace, {"sync_interval_mins"}, "sync_interval").value_or(spec.sync_interval);
  spec.poll_interval = workspace.Duration("poll_interval", kPollMin, kPollMax).value_or(spec.poll_interval);
  spec.force_sync_after =
      ReadEither(workspace, {"sync_failover_interval_mins", "force_sync_after_mins"}, "force_sync_after");
  if (const auto margin = workspace.Duration("clock_skew_margin", Millis(0), kMarginMax)) {
    spec.clock_skew_margin = *margin;
  }
  spec.verify_interval = ReadVerifyInterval(workspace).value_or(spec.verify_interval);
  spec.rpo = workspace.Duration("rpo", kIntervalMin, kIntervalMax);
  if (!spec.force_sync_after || *spec.force_sync_after >= spec.sync_interval) return;
  notes.push_back(
      {.severity = plan::Severity::kWarning,
       .what = fmt::format("workspace '{}': a sync is forced {} after the last finished run, sooner than the next look "
                           "for one ({}); such a cut is not atomic",
                           spec.workspace, FormatDuration(*spec.force_sync_after), FormatDuration(spec.sync_interval)),
       .where = SpotOf(file, workspace.place()),
       .remedy = "set force_sync_after to several times the time between two runs, or remove it"});
}

// Whether the sender puts data files straight below the targets.
std::optional<bool> ReadStagingWay(ConfigMap& map) {
  const auto way = map.Choice("staging", {"staged", "direct"});
  return way ? std::optional(*way == 1) : std::nullopt;
}

void ReadLocations(ConfigMap& workspace, WorkspaceContext& context, std::vector<plan::Finding>& notes) {
  context.staging_place = workspace.PlaceOf("sync_location_secondary");
  if (const auto text = workspace.RequiredText("sync_location_secondary", "file:///srv/dr/staging")) {
    context.staging = CheckLocation(*text, workspace.problems());
  }
  if (context.staging) context.defaults.staging_uri = context.staging->Print();
  context.defaults.staging_name = context.defaults.staging_uri;
  if (const auto name = workspace.Text("sync_location_name")) context.defaults.staging_name = name->text;
  const auto primary = workspace.Text("sync_location_primary");
  if (!primary || !CheckLocation(*primary, workspace.problems())) return;
  notes.push_back(
      {.severity = plan::Severity::kInfo,
       .what = fmt::format("workspace '{}': sync_location_primary is for the way back after a failover, which "
                           "is not built yet; nothing reads it",
                           context.defaults.workspace),
       .where = SpotOf(context.inherited->file, workspace.PlaceOf("sync_location_primary")),
       .remedy = "keep it or remove it"});
}

// A region of this daemon that is neither of the workspace's, which it is asked to work for all the same.
void NoteRegion(ConfigMap& workspace, const WorkspaceContext& context, std::vector<plan::Finding>& notes) {
  const std::optional<RegionPair>& pair = context.regions.pair;
  const std::optional<std::string>& region = context.inherited->region;
  if (!pair || !region || *region == pair->primary || *region == pair->secondary) return;
  notes.push_back({.severity = plan::Severity::kWarning,
                   .what = fmt::format(
                       "workspace '{}': this daemon stands in region '{}', which is neither its primary_region '{}' "
                       "nor its secondary_region '{}'",
                       context.defaults.workspace, *region, pair->primary, pair->secondary),
                   .where = SpotOf(context.inherited->file, workspace.PlaceOf("primary_region")),
                   .remedy = "write region as the workspace has it"});
}

void ReadSchedule(ConfigMap& group, plan::ScheduleSpec& schedule) {
  if (const auto zone = group.Text("time_zone")) {
    schedule.time_zone = zone->text;
    const auto found = SystemZones().Find(zone->text);
    if (!found) group.Report("time_zone", found.error().message, found.error().remedy);
  }
  if (const auto cron = group.Text("schedule")) {
    schedule.cron = cron->text;
    const auto parsed = plan::CronSchedule::Parse(cron->text);
    if (!parsed) group.Report("schedule", parsed.error().message, parsed.error().remedy);
  }
}

void ReadTrigger(ConfigMap& group, plan::GroupSpec& spec) {
  for (const ConfigText& workflow : group.Texts("workflow")) {
    if (CheckName(workflow, group.problems())) spec.workflows.push_back(workflow.text);
  }
  if (group.Has("workflow") && group.Has("schedule")) {
    group.Report("schedule", "the group has a workflow and a schedule", "keep one: runs or the clock decide on cuts");
  }
  if (group.Has("schedule") && group.Has("interval")) {
    group.Report("interval", "the group has a schedule and an interval", "keep one of them");
  }
  if (group.Has("time_zone") && !group.Has("schedule")) {
    group.Report("time_zone", "time_zone is the zone of a schedule, and the group has none",
                 "add schedule: \"0 */12 * * *\", or remove time_zone");
  }
  ReadSchedule(group, spec.schedule);
  if (const auto interval = group.Duration("interval", kIntervalMin, kIntervalMax)) spec.sync_interval = *interval;
  if (const auto poll = group.Duration("poll_interval", kPollMin, kPollMax)) spec.poll_interval = *poll;
}

void ReadRetention(ConfigMap& group, plan::GroupSpec& spec) {
  if (group.Has("retention") && spec.mode != delta::ReplicationMode::kMirror) {
    group.Report("retention", "retention is for a mirror; the versions of a clone are kept until an engine VACUUMs it",
                 "set mode: mirror for the group, or remove retention");
  }
  spec.retention = group.Duration("retention", Millis(0), kRetentionMax);
}

// What the group is held to.
void ReadExpectations(ConfigMap& group, plan::GroupSpec& spec) {
  if (const auto rpo = group.Duration("rpo", kIntervalMin, kIntervalMax)) spec.rpo = *rpo;
  spec.expect_run_every = group.Duration("expect_run_every", kIntervalMin, kIntervalMax);
  if (spec.expect_run_every && spec.workflows.empty()) {
    group.Report("expect_run_every", "expect_run_every is about the runs of a workflow, and the group has none",
                 "add workflow, or remove expect_run_every");
  }
}

void ReadGroupSettings(ConfigMap& group, plan::GroupSpec& spec) {
  if (group.Has("group_owner_email")) {
    const auto owner = group.Text("group_owner_email");
    const auto checked = owner ? CheckAddresses({*owner}, group.problems()) : std::vector<std::string>{};
    if (!checked.empty()) spec.owner_email = checked.front();
  }
  if (const auto mode = group.Choice("mode", {"clone", "mirror"})) {
    spec.mode = *mode == 0 ? delta::ReplicationMode::kClone : delta::ReplicationMode::kMirror;
  }
  if (const auto history = ReadHistory(group, spec.mode)) spec.history = *history;
  if (const auto margin = group.Duration("clock_skew_margin", Millis(0), kMarginMax)) spec.clock_skew_margin = *margin;
  ReadRetention(group, spec);
  spec.direct = ReadStagingWay(group).value_or(spec.direct);
  if (const auto sources = group.Choice("sources", {"fixed", "moved"})) spec.sources_moved = *sources == 1;
  ReadTrigger(group, spec);
  spec.bandwidth = ReadBandwidth(group);
  ReadExpectations(group, spec);
  if (const auto retries = group.Integer("sync_max_retries", {.min = 0, .max = kRetriesMax}, /*text_allowed=*/true)) {
    spec.max_retries = static_cast<int>(*retries);
  }
  if (const auto forced =
          ReadEither(group, {"sync_failover_interval_mins", "force_sync_after_mins"}, "force_sync_after")) {
    spec.force_sync_after = forced;
  }
}

// How often is asked for what is new, where nothing says it: a service, and a staging location that is one, less often
// than what lies beside us.
void SetPoll(const ConfigMap& group, const WorkspaceContext& context, GroupDraft& draft) {
  if (context.polls || group.Has("poll_interval")) return;
  const bool far = context.staging && context.staging->scheme() != Scheme::kFile;
  if (far) draft.spec.poll_interval = kFarPoll;
  if (draft.source && draft.source->kind != WorkflowKind::kPush) draft.spec.poll_interval = kServicePoll;
}

// Where the group's runs come from.
void ReadSource(ConfigMap& group, const WorkspaceContext& context, GroupDraft& draft, std::vector<Unbuilt>& unbuilt) {
  const WorkspaceSource source = ReadGroupSource(group, context.source, context.inherited->secret_scope);
  if (draft.spec.workflows.empty()) return;
  draft.source = source.settings;
  if (source.missing.empty()) return;
  unbuilt.push_back({.group = draft.spec.name,
                     .what = fmt::format("group '{}': the runs of its workflow cannot be asked for (Jobs API): {}",
                                         draft.spec.name, source.missing),
                     .where = SpotOf(context.inherited->file, source.place),
                     .remedy = "write workspace_instance_url: https://<host>; or remove it and workspace_pat_key, and "
                               "enter runs with 'lakeferry runs add'"});
}

// Whether the receiving catalog is to have the replicas that it lacks.
void ReadRegister(ConfigMap& map, const GroupCatalogs& catalogs, plan::GroupSpec& spec) {
  if (!map.Has("register")) return;
  spec.register_tables = IsSaid(map, "register");
  if (!spec.register_tables || catalogs.target) return;
  map.Report("register", "register is for the catalog of the secondary region, and there is none",
             "write catalog: {<region>: {kind: unity, url: https://<host>}} for it, or remove register");
}

std::optional<GroupDraft> ReadGroup(const ConfigMap::Element& element, const WorkspaceContext& context,
                                    ConfigProblems& problems, std::vector<Unbuilt>& unbuilt) {
  auto group = ConfigMap::Open(*element.node, element.place, kGroupLevel, problems);
  if (!group) return std::nullopt;
  GroupDraft draft{.spec = context.defaults,
                   .name_place = group->PlaceOf("group_name"),
                   .staging_place = context.staging_place,
                   .table_places = {},
                   .import_roots = {}};
  const auto name = group->RequiredText("group_name", "orders");
  if (name && CheckName(*name, problems)) draft.spec.name = name->text;
  ReadGroupSettings(*group, draft.spec);
  draft.spec.notices = ReadRules(*group, context.inherited->notifications, context.defaults.notices);
  ReadSource(*group, context, draft, unbuilt);
  SetPoll(*group, context, draft);
  RegionSettings regions = WithGroupRoots(context.regions, *group);
  draft.catalogs = ReadCatalogs(*group, context.catalogs, regions, context.inherited->secret_scope);
  regions.source_catalog = draft.catalogs.source.has_value();
  ReadApply(*group, draft.spec);
  // Where a table of the catalog lies is the catalog's own affair then: the replica lies where the configuration says.
  regions.target_catalog = draft.catalogs.target.has_value() && !draft.spec.sql_clone;
  ReadRegister(*group, draft.catalogs, draft.spec);
  ReadTables(*group, context.inherited->file, regions, draft, unbuilt);
  CheckClones(*group, draft);
  const StoreSettings& stores = context.inherited->stores;
  GiveRights(ReadRights(*group, stores, context.rights), stores, *group, draft.spec);
  GiveVendors(draft.catalogs, draft.spec);
  return draft;
}

// Of all workspaces so far, by name.
using WorkspacePlaces = std::map<std::string, ConfigPlace>;

void ReadWorkspaceName(ConfigMap& workspace, WorkspaceContext& context, WorkspacePlaces& names) {
  const auto name = workspace.RequiredText("workspace_name", "demo");
  if (!name) return;
  if (CheckName(*name, workspace.problems())) context.defaults.workspace = name->text;
  const auto [first, fresh] = names.emplace(name->text, name->place);
  if (fresh) return;
  workspace.Report(
      "workspace_name", fmt::format("a second workspace is named '{}'", name->text),
      fmt::format("the first stands in {}; rename one or join them", SeenFrom(name->place, first->second)));
}

std::vector<ConfigMap::Element> GroupsOf(ConfigMap& workspace, const std::string& name, const JoiningGroups& joining) {
  std::vector<ConfigMap::Element> joined = joining.Of(name);
  if ((!joined.empty() || joining.incomplete()) && !workspace.Has("sync_groups")) return joined;
  std::vector<ConfigMap::Element> groups = workspace.RequiredList("sync_groups", "sync groups");
  groups.insert(groups.end(), joined.begin(), joined.end());
  return groups;
}

void ReadWorkspace(const ConfigMap::Element& element, const InheritedSettings& inherited, const JoiningGroups& joining,
                   ConfigProblems& problems, WorkspacePlaces& names, WorkspacesDraft& draft) {
  auto workspace = ConfigMap::Open(*element.node, element.place, kWorkspaceLevel, problems);
  if (!workspace) return;
  WorkspaceContext context{.inherited = &inherited,
                           .defaults = {},
                           .staging_place = {},
                           .staging = std::nullopt,
                           .source = ReadWorkspaceSource(*workspace, inherited.secret_scope),
                           .regions = {},
                           .rights = ReadRights(*workspace, inherited.stores, {}),
                           .polls = workspace->Has("poll_interval")};
  ReadWorkspaceName(*workspace, context, names);
  context.regions = ReadRegionSettings(*workspace);
  context.catalogs = ReadCatalogs(*workspace, {}, context.regions, inherited.secret_scope);
  ReadRegister(*workspace, context.catalogs, context.defaults);
  ReadApply(*workspace, context.defaults);
  NoteRegion(*workspace, context, draft.notes);
  ReadLocations(*workspace, context, draft.notes);
  ReadMails(*workspace, inherited, context.defaults);
  context.defaults.keys = ReadKeys(*workspace, inherited.keys);
  context.defaults.direct = ReadStagingWay(*workspace).value_or(false);
  ReadTimes(*workspace, inherited.file, context.defaults, draft.notes);
  const auto retries = workspace->Integer("sync_max_retries", {.min = 0, .max = kRetriesMax}, /*text_allowed=*/true);
  if (retries) context.defaults.max_retries = static_cast<int>(*retries);
  for (const ConfigMap::Element& item : GroupsOf(*workspace, context.defaults.workspace, joining)) {
    auto group = ReadGroup(item, context, problems, draft.unbuilt);
    if (group) draft.groups.push_back(std::move(*group));
  }
}

// Of all files.
std::vector<ConfigMap::Element> AllWorkspaces(ConfigFiles& files) {
  std::vector<ConfigMap::Element> all;
  bool any = files.incomplete;
  for (ConfigFile& file : files.files) {
    if (!file.map || !file.map->Has("workspaces")) continue;
    any = true;
    const auto more = file.map->RequiredList("workspaces", "workspaces");
    all.insert(all.end(), more.begin(), more.end());
  }
  if (!any) (void)files.files.front().map->RequiredList("workspaces", "workspaces");
  return all;
}

}  // namespace

WorkspacesDraft ReadWorkspaces(ConfigFiles& files, const InheritedSettings& inherited, ConfigProblems& problems) {
  WorkspacesDraft draft;
  WorkspacePlaces places;
  const std::vector<ConfigMap::Element> workspaces = AllWorkspaces(files);
  const JoiningGroups joining(files);
  for (const ConfigMap::Element& element : workspaces) {
    ReadWorkspace(element, inherited, joining, problems, places, draft);
  }
  std::set<std::string> names;
  for (const auto& [name, place] : places) names.insert(name);
  if (!files.incomplete) joining.CheckAllJoin(names, problems);
  return draft;
}

}  // namespace lakeferry
