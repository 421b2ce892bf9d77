#include "delta/json_reader.h"

#include <charconv>

#include "json/limits.h"

namespace lakeferry::delta {
namespace {

// More free-form fields than any writer sets are not kept.
constexpr size_t kOtherStringsMax = 4096;

// The value of an identifier that writers give as text or as a number.
std::optional<std::string> TextOrNumber(JsonValue value) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS && text.size() <= kInfoTextMax) return std::string(text);
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

// The number without its fraction.
bool Whole(double number, int64_t& out) {
  constexpr double kBound = 9223372036854775808.0;
  if (!(number > -kBound && number < kBound)) return false;
  out = static_cast<int64_t>(number);
  return true;
}

template <typename Number>
bool FromText(std::string_view text, Number& out) {
  const char* const end = text.data() + text.size();
  const auto [after, problem] = std::from_chars(text.data(), end, out);
  return problem == std::errc() && after == end;
}

}  // namespace

bool ReadOddNumber(JsonValue value, int64_t& out) {
  double number = 0;
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) {
    return FromText(text, out) || (FromText(text, number) && Whole(number, out));
  }
  return value.get(number) == simdjson::SUCCESS && Whole(number, out);
}

bool ReadJson(JsonValue value, std::vector<std::string>& out) {
  simdjson::dom::array array;
  if (value.get(array) != simdjson::SUCCESS || array.size() > json::kListEntriesMax) return false;
  out.clear();
  for (const JsonValue element : array) {
    if (!ReadJson(element, out.emplace_back())) return false;
  }
  return true;
}

bool ReadJson(JsonValue value, NullableMap& out) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS || object.size() > json::kListEntriesMax) return false;
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
  if (value.get(object) != simdjson::SUCCESS || object.size() > json::kListEntriesMax) return false;
  out.clear();
  for (const auto [key, field] : object) {
    if (field.is_null()) continue;
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
  bool has_options = false;  // without them no engine reads the table
  for (const auto [key, field] : object) {
    if (key == "options") has_options = !field.is_null();
    if (field.is_null()) continue;
    if (key == "provider" && !ReadJson(field, out.provider)) return false;
    if (key == "options" && !ReadJson(field, out.options)) return false;
  }
  return has_options;
}

void ReadCommitInfo(JsonValue value, CommitInfo& out) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) return;
  std::optional<std::string> run_id;
  for (const auto [key, field] : object) {
    std::string_view text;
    int64_t number = 0;
    const bool is_text = field.get(text) == simdjson::SUCCESS && text.size() <= kInfoTextMax;
    if (key == "inCommitTimestamp") {
      if (field.get(number) == simdjson::SUCCESS) out.in_commit_timestamp = number;
    } else if (key == "timestamp") {
      if (field.get(number) == simdjson::SUCCESS) out.timestamp = number;
    } else if (key == "job") {
      ReadJob(field, out);
    } else if (key == "jobRunId") {
      run_id = TextOrNumber(field);
    } else if (auto* member = TextMember(key, out)) {
      if (is_text) *member = std::string(text);
    } else if (is_text && text.size() <= kInfoOtherMax && out.other_strings.size() < kOtherStringsMax) {
      out.other_strings.emplace_back(std::string(key), std::string(text));
    }
  }
  if (!out.job_run_id) out.job_run_id = run_id ? std::move(run_id) : out.job_parent_run_id;
}

}  // namespace lakeferry::delta
