#include "daemon/wiring/configured_workflows.h"

#include <algorithm>
#include <utility>

#include "workflow/airflow/airflow_source.h"
#include "workflow/command/command_source.h"
#include "workflow/databricks/databricks_source.h"
#include "workflow/push_source.h"

namespace lakeferry {
namespace {

// Stands where a source cannot be made, and says why.
class NoSource final : public WorkflowSource {
 public:
  explicit NoSource(Error why) : why_(std::move(why)) {}
  Task<Result<std::vector<Run>>> RunsSince(Call, std::string, TimeMs) override { co_return std::unexpected(why_); }
  Task<Result<std::optional<TimeMs>>> PresentTime(Call) override { co_return std::unexpected(why_); }
  [[nodiscard]] std::string_view name() const override { return "workflow source"; }
  [[nodiscard]] std::string HowToCorrect(const Run&) const override { return "mend the configuration"; }
  [[nodiscard]] std::string HowToEnter(const std::string&) const override { return "mend the configuration"; }

 private:
  const Error why_;
};

}  // namespace

void ConfiguredWorkflows::Use(const Config& config) {
  std::map<std::string, Entry> entries;
  for (const auto& [group, settings] : config.workflow_sources) {
    Entry& entry = entries[group];
    entry.wanted.settings = settings;
    const auto spec = std::ranges::find(config.groups, group, &plan::GroupSpec::name);
    if (spec != config.groups.end()) entry.wanted.workflows = spec->workflows;
    const auto old = entries_.find(group);
    if (old != entries_.end() && old->second.wanted == entry.wanted) entry.source = std::move(old->second.source);
  }
  for (auto& [group, entry] : entries_) {
    if (entry.source != nullptr) replaced_.push_back(std::move(entry.source));
  }
  entries_ = std::move(entries);
}

WorkflowSource& ConfiguredWorkflows::Of(const std::string& group) {
  const auto found = entries_.find(group);
  if (found == entries_.end()) return ledger_;
  Entry& entry = found->second;
  if (entry.source == nullptr) entry.source = Make(group, entry.wanted);
  return *entry.source;
}

std::unique_ptr<WorkflowSource> ConfiguredWorkflows::Make(const std::string& group, const Wanted& wanted) const {
  const WorkflowSettings& settings = wanted.settings;
  if (settings.kind == WorkflowKind::kCommand) {
    return std::make_unique<CommandSource>(
        parts_.pool, parts_.clock,
        CommandSettings{.command = settings.command, .longest = settings.timeout, .group = group});
  }
  if (settings.kind == WorkflowKind::kPush) return std::make_unique<PushSource>(ledger_);
  const auto url = ParseUrl(settings.url);
  if (!url) return std::make_unique<NoSource>(url.error());
  auto authorizer = MakeAuthorizer(parts_.login, settings);
  if (!authorizer) return std::make_unique<NoSource>(authorizer.error());
  const ServiceContext context{.http = parts_.login.http, .clock = parts_.clock, .random = parts_.random};
  if (settings.kind == WorkflowKind::kAirflow) {
    return std::make_unique<airflow::AirflowSource>(context, *url, *std::move(authorizer));
  }
  return std::make_unique<databricks::DatabricksSource>(
      context, *url, *std::move(authorizer),
      databricks::SourceSettings{.workflows = wanted.workflows, .look_back = settings.look_back});
}

}  // namespace lakeferry
