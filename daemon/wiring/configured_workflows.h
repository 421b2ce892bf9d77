// ConfiguredWorkflows: for each group the source of its runs that the configuration names.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/wiring/service_logins.h"
#include "env/random.h"
#include "env/workflow_source.h"

namespace lakeferry {

// What it refers to outlives it.
struct WorkflowParts {
  LoginParts login;
  Clock& clock;
  Random& random;
  boost::asio::any_io_executor pool;  // programs of the operator run there
};

// On the engine thread. Touches nothing before a source is asked.
class ConfiguredWorkflows final : public WorkflowSources {
 public:
  // `ledger`: for all groups that name no source; it outlives this.
  ConfiguredWorkflows(WorkflowParts parts, WorkflowSource& ledger) : parts_(parts), ledger_(ledger) {}

  // Groups whose source or workflows changed have another from their next question on.
  void Use(const Config& config);
  [[nodiscard]] WorkflowSource& Of(const std::string& group) override;

 private:
  struct Wanted {
    WorkflowSettings settings;
    std::vector<std::string> workflows;

    bool operator==(const Wanted&) const = default;
  };
  struct Entry {
    Wanted wanted;
    std::unique_ptr<WorkflowSource> source;  // null before the first question
  };
  [[nodiscard]] std::unique_ptr<WorkflowSource> Make(const std::string& group, const Wanted& wanted) const;

  const WorkflowParts parts_;
  WorkflowSource& ledger_;
  std::map<std::string, Entry> entries_;                   // by group
  std::vector<std::unique_ptr<WorkflowSource>> replaced_;  // whoever asked one may still wait for it
};

}  // namespace lakeferry
