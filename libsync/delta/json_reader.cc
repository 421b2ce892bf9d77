#include "delta/json_reader.h"

namespace lakeferry::delta {
namespace {

// More free-form fields than any writer sets are not kept.
constexpr size_t kOtherStringsMax = 4096;

// The value of an identifier that writers give as text or as a number.
std::optional<std::string> TextOrNumber(JsonValue value) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  int64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) return std::to_string(number);
  return std::nullopt;
}

void ReadJob(JsonValue value, CommitInfo& out) {
  simdjson::dom::object job;
  if (value.get(job) != simdjson::SUCCESS) return;
  for (const auto [key, field] : job) {
    if (key == "jobId") {
      out.job_id = TextOrNumber(field);
    } else if (key == "runId") {
      out.job_run_id = TextOrNumber(field);
    } else if (key == "jobRunId") {
      out.job_parent_run_id = TextOrNumber(field);
    }
  }
}

// The members that hold top-level text.
std::optional<std::string>* TextMember(std::string_view key, CommitInfo& info) {
  if (key == "operation") return &info.operation;
  if (key == "engineInfo") return &info.engine_info;
  if (key == "txnId") return &info.txn_id;
  if (key == "userMetadata") return &info.user_metadata;
  return nullptr;
}

}  // namespace

bool ReadJson(JsonValue value, std::vector<std::string>& out) {
  simdjson::dom::array array;
  if (value.get(array) != simdjson::SUCCESS || array.size() > kEntriesMax) return false;
  out.clear();
  for (const JsonValue element : array) {
    if (!ReadJson(element, out.emplace_back())) return false;
  }
  return true;
}

bool ReadJson(JsonValue value, NullableMap& out) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS || object.size() > kEntriesMax) return false;
  out.clear();
  out.reserve(object.size());
  for (const auto [key, field] : object) {
    auto& [name, text] = out.emplace_back(std::string(key), std::nullopt);
    if (!field.is_null() && !ReadJson(field, text)) return false;
  }
  return true;
}

bool ReadJson(JsonValue value, StringMap& out) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS || object.size() > kEntriesMax) return false;
  out.clear();
  for (const auto [key, field] : object) {
    if (!ReadJson(field, out.emplace_back(std::string(key), std::string()).second)) return false;
  }
  return true;
}

bool ReadJson(JsonValue value, DeletionVector& out) {
  JsonProblem problem;
  return ReadObject(value, out, problem);
}

bool ReadJson(JsonValue value, FormatRef<std::string, StringMap> out) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) return false;
  for (const auto [key, field] : object) {
    if (field.is_null()) continue;
    if (key == "provider" && !ReadJson(field, out.provider)) return false;
    if (key == "options" && !ReadJson(field, out.options)) return false;
  }
  return true;
}

bool ReadCommitInfo(JsonValue value, CommitInfo& out, JsonProblem& problem) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) {
    problem.text = "'commitInfo' is no object";
    return false;
  }
  std::optional<std::string> run_id;
  for (const auto [key, field] : object) {
    std::string_view text;
    int64_t number = 0;
    const bool is_text = field.get(text) == simdjson::SUCCESS;
    if (key == "inCommitTimestamp" && !field.is_null()) {
      if (field.get(number) != simdjson::SUCCESS) {
        problem.text = "field 'inCommitTimestamp' of 'commitInfo' has a wrong type or value";
        return false;
      }
      out.in_commit_timestamp = number;
    } else if (key == "timestamp") {
      if (field.get(number) == simdjson::SUCCESS) out.timestamp = number;
    } else if (key == "job") {
      ReadJob(field, out);
    } else if (key == "jobRunId") {
      run_id = TextOrNumber(field);
    } else if (auto* member = TextMember(key, out)) {
      if (is_text) *member = std::string(text);
    } else if (is_text && out.other_strings.size() < kOtherStringsMax) {
      out.other_strings.emplace_back(std::string(key), std::string(text));
    }
  }
  if (!out.job_run_id) out.job_run_id = run_id ? std::move(run_id) : out.job_parent_run_id;
  return true;
}

}  // namespace lakeferry::delta
