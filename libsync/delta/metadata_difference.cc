#include "delta/metadata_difference.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "json/parser.h"

namespace lakeferry::delta {
namespace {

using Values = std::map<std::string, std::string>;

// Each column's definition in one spelling, by its name; absent where the text is no schema.
std::optional<Values> ColumnsOf(const std::optional<std::string>& schema) {
  if (!schema) return Values();
  json::Parser parser(schema->size() + 1);
  simdjson::dom::element value;
  simdjson::dom::array fields;
  if (parser.Parse(*schema, value) != simdjson::SUCCESS || value["fields"].get(fields) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  Values columns;
  for (const simdjson::dom::element field : fields) {
    std::string_view name;
    if (field["name"].get(name) != simdjson::SUCCESS) return std::nullopt;
    columns.emplace(name, simdjson::minify(field));
  }
  return columns;
}

bool BeginsWithOne(const std::string& name, const std::vector<std::string>& prefixes) {
  return std::ranges::any_of(prefixes, [&](const std::string& prefix) { return name.starts_with(prefix); });
}

Values PropertiesOf(const Metadata& metadata, const std::vector<std::string>& ignored) {
  Values properties;
  for (const auto& [name, value] : metadata.configuration) {
    if (!BeginsWithOne(name, ignored)) properties.emplace(name, value);
  }
  return properties;
}

// `values`: whether they are short enough to be told.
void Compare(std::string_view thing, const Values& source, const Values& replica, bool values,
             std::vector<std::string>& differences) {
  for (const auto& [name, value] : source) {
    const auto other = replica.find(name);
    if (other == replica.end()) {
      differences.push_back(fmt::format("{} {} is at the source alone", thing, name));
    } else if (value != other->second) {
      differences.push_back(
          values ? fmt::format("{} {} is '{}' at the source and '{}' at the replica", thing, name, value, other->second)
                 : fmt::format("{} {} is defined otherwise", thing, name));
    }
  }
  for (const auto& [name, value] : replica) {
    if (!source.contains(name)) differences.push_back(fmt::format("{} {} is at the replica alone", thing, name));
  }
}

}  // namespace

std::vector<std::string> DifferencesOf(const Metadata& source, const Metadata& replica,
                                       const std::vector<std::string>& ignored) {
  std::vector<std::string> differences;
  if (source.schema_string != replica.schema_string) {
    const auto ours = ColumnsOf(source.schema_string);
    const auto theirs = ColumnsOf(replica.schema_string);
    if (ours && theirs) {
      Compare("column", *ours, *theirs, false, differences);
    }
    // Something all the same: another order, or what is no schema.
    if (differences.empty()) differences.emplace_back("the schema is written otherwise");
  }
  if (source.partition_columns != replica.partition_columns) {
    differences.push_back(fmt::format("it is partitioned by ({}) at the source and by ({}) at the replica",
                                      fmt::join(source.partition_columns, ", "),
                                      fmt::join(replica.partition_columns, ", ")));
  }
  Compare("property", PropertiesOf(source, ignored), PropertiesOf(replica, ignored), true, differences);
  return differences;
}

}  // namespace lakeferry::delta
