// WorkspaceDouble: the Jobs API of a workspace with its jobs and runs, in memory.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "http/origin.h"
#include "tests/workflow/service_double.h"

namespace lakeferry::databricks {

struct DoubleRun {
  int64_t id;
  int64_t job;
  int64_t start;
  int64_t end = 0;  // 0: active
  std::string state = R"("state":{"life_cycle_state":"TERMINATED","result_state":"SUCCESS"})";
  std::string more = "";   // further members, each after a comma
  std::string tasks = "";  // shown by runs/get alone
};

inline const std::string kRunning = R"("state":{"life_cycle_state":"RUNNING"})";
inline const std::string kFailed = R"("state":{"life_cycle_state":"TERMINATED","result_state":"FAILED"})";

class WorkspaceDouble {
 public:
  std::map<int64_t, std::string> jobs;   // names by id
  std::map<int64_t, std::string> tasks;  // of their settings, JSON
  std::vector<DoubleRun> runs;
  std::string version = "2.2";  // the one that it knows; "": none
  size_t page_size = 2;
  std::function<std::optional<DoubleAnswer>(const std::string& target)> before;  // answers instead

  [[nodiscard]] DoubleAnswer Answer(const std::string& target) const {
    if (before) {
      if (auto answer = before(target)) return *answer;
    }
    const std::string base = "/api/" + version + "/jobs/";
    if (!target.starts_with(base)) return {.status = 404, .text = R"({"error_code":"ENDPOINT_NOT_FOUND"})"};
    const size_t query = std::min(target.find('?'), target.size());
    const std::string path = target.substr(base.size(), query - base.size());
    const auto words = Words(target.substr(std::min(query + 1, target.size())));
    if (path == "list") return JobsNamed(words);
    if (path == "get") return OneJob(std::stoll(words.at("job_id")));
    if (path == "runs/get") return OneRun(std::stoll(words.at("run_id")));
    return Listed(words);
  }

 private:
  using Query = std::map<std::string, std::string>;
  static Query Words(std::string text) {
    Query words;
    while (!text.empty()) {
      const size_t end = std::min(text.find('&'), text.size());
      const std::string one = text.substr(0, end);
      words[one.substr(0, one.find('='))] = PercentDecode(one.substr(one.find('=') + 1));
      text.erase(0, end + 1);
    }
    return words;
  }
  static std::string Text(const DoubleRun& run, bool whole) {
    return fmt::format(R"({{"run_id":{},"job_id":{},"start_time":{},"end_time":{},{}{}{}}})", run.id, run.job,
                       run.start, run.end, run.state, run.more, whole ? run.tasks : "");
  }
  DoubleAnswer Paged(const std::string& key, const std::vector<std::string>& all, const Query& words) const {
    const size_t at = words.contains("page_token") ? std::stoul(words.at("page_token")) : 0;
    std::string page;
    for (size_t i = at; i < std::min(at + page_size, all.size()); ++i) page += (i == at ? "" : ",") + all[i];
    const bool more = at + page_size < all.size();
    return {.text = fmt::format(R"({{"{}":[{}],"has_more":{}{}}})", key, page, more,
                                more ? fmt::format(R"(,"next_page_token":"{}")", at + page_size) : "")};
  }
  [[nodiscard]] DoubleAnswer JobsNamed(const Query& words) const {
    std::vector<std::string> found;
    for (const auto& [id, name] : jobs) {
      const bool same = !words.contains("name") || std::ranges::equal(name, words.at("name"), [](char a, char b) {
        return std::tolower(a) == std::tolower(b);
      });
      if (same) found.push_back(fmt::format(R"({{"job_id":{},"settings":{{"name":"{}"}}}})", id, name));
    }
    return Paged("jobs", found, words);
  }
  [[nodiscard]] DoubleAnswer OneJob(int64_t id) const {
    if (!jobs.contains(id)) {
      return {.status = 400, .text = R"({"error_code":"INVALID_PARAMETER_VALUE","message":"Job 1 does not exist."})"};
    }
    return {.text = fmt::format(R"({{"job_id":{},"settings":{{"name":"{}","tasks":[{}]}}}})", id, jobs.at(id),
                                tasks.contains(id) ? tasks.at(id) : "")};
  }
  [[nodiscard]] DoubleAnswer OneRun(int64_t id) const {
    const auto found = std::ranges::find(runs, id, &DoubleRun::id);
    if (found == runs.end()) return {.status = 404, .text = R"({"error_code":"RESOURCE_DOES_NOT_EXIST"})"};
    return {.text = Text(*found, true)};
  }
  [[nodiscard]] DoubleAnswer Listed(const Query& words) const {
    std::vector<std::string> found;
    for (const DoubleRun& run : runs) {
      if (run.job != std::stoll(words.at("job_id"))) continue;
      if (words.contains("active_only") && run.end != 0) continue;
      if (words.contains("start_time_from") && run.start < std::stoll(words.at("start_time_from"))) continue;
      if (words.contains("start_time_to") && run.start > std::stoll(words.at("start_time_to"))) continue;
      found.push_back(Text(run, false));
    }
    return Paged("runs", found, words);
  }
};

}  // namespace lakeferry::databricks
