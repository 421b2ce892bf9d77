#include "delta/schema_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "json/parser.h"

namespace lakeferry::delta {
namespace {

using simdjson::dom::element;

constexpr size_t kSchemaBytesMax = size_t{16} << 20;

struct TypeName {
  std::string_view delta;
  std::string_view text;
  std::string_view name;
};
constexpr std::array<TypeName, 14> kTypes{{{"string", "string", "STRING"},
                                           {"long", "bigint", "LONG"},
                                           {"integer", "int", "INT"},
                                           {"short", "smallint", "SHORT"},
                                           {"byte", "tinyint", "BYTE"},
                                           {"float", "float", "FLOAT"},
                                           {"double", "double", "DOUBLE"},
                                           {"boolean", "boolean", "BOOLEAN"},
                                           {"binary", "binary", "BINARY"},
                                           {"date", "date", "DATE"},
                                           {"timestamp", "timestamp", "TIMESTAMP"},
                                           {"timestamp_ntz", "timestamp_ntz", "TIMESTAMP_NTZ"},
                                           {"variant", "variant", "VARIANT"},
                                           {"void", "void", "NULL"}}};

struct Type {
  std::string text;
  std::string_view name;
};

Result<std::string_view> TextAt(const element& object, const char* key) {
  std::string_view text;
  if (object[key].get(text) == simdjson::SUCCESS) return text;
  return Fail(ErrorCode::kCorruptLog, fmt::format("the schema has a type without '{}'", key));
}

Result<element> Member(const element& object, const char* key) {
  element value;
  if (object[key].get(value) == simdjson::SUCCESS) return value;
  return Fail(ErrorCode::kCorruptLog, fmt::format("the schema has a type without '{}'", key));
}

Result<Type> ReadType(const element& type);

Result<Type> ReadStruct(const element& type) {
  simdjson::dom::array fields;
  if (type["fields"].get(fields) != simdjson::SUCCESS) {
    return Fail(ErrorCode::kCorruptLog, "the schema has a struct without fields");
  }
  std::string text = "struct<";
  for (const element field : fields) {
    LF_TRY(const std::string_view name, TextAt(field, "name"));
    LF_TRY(const element inner, Member(field, "type"));
    LF_TRY(const Type of_field, ReadType(inner));
    text += fmt::format("{}{}:{}", text.ends_with('<') ? "" : ",", name, of_field.text);
  }
  return Type{.text = text + ">", .name = "STRUCT"};
}

Result<Type> ReadNested(const element& type) {
  LF_TRY(const std::string_view kind, TextAt(type, "type"));
  if (kind == "struct") return ReadStruct(type);
  if (kind == "array") {
    LF_TRY(const element inner, Member(type, "elementType"));
    LF_TRY(const Type of_element, ReadType(inner));
    return Type{.text = fmt::format("array<{}>", of_element.text), .name = "ARRAY"};
  }
  if (kind == "map") {
    LF_TRY(const element key, Member(type, "keyType"));
    LF_TRY(const element value, Member(type, "valueType"));
    LF_TRY(const Type of_key, ReadType(key));
    LF_TRY(const Type of_value, ReadType(value));
    return Type{.text = fmt::format("map<{},{}>", of_key.text, of_value.text), .name = "MAP"};
  }
  return Fail(ErrorCode::kUnsupportedTable, fmt::format("no catalog has a name for the type '{}'", kind));
}

// As deep as the parser lets it be.
Result<Type> ReadType(const element& type) {
  std::string_view word;
  if (type.get(word) != simdjson::SUCCESS) return ReadNested(type);
  if (word.starts_with("decimal")) return Type{.text = std::string(word), .name = "DECIMAL"};
  const auto known = std::ranges::find(kTypes, word, &TypeName::delta);
  if (known != kTypes.end()) return Type{.text = std::string(known->text), .name = known->name};
  return Fail(ErrorCode::kUnsupportedTable, fmt::format("no catalog has a name for the type '{}'", word));
}

Result<CatalogColumn> ReadColumn(const element& field) {
  LF_TRY(const std::string_view name, TextAt(field, "name"));
  LF_TRY(const element inner, Member(field, "type"));
  auto type = ReadType(inner);
  if (!type) {
    Error error = type.error();
    error.message = fmt::format("column '{}': {}", name, error.message);
    return std::unexpected(std::move(error));
  }
  CatalogColumn column{.name = std::string(name),
                       .type_text = std::move(type->text),
                       .type_name = std::string(type->name),
                       .type_json = simdjson::minify(field)};
  bool nullable = true;
  if (field["nullable"].get(nullable) == simdjson::SUCCESS) column.nullable = nullable;
  std::string_view comment;
  if (field["metadata"]["comment"].get(comment) == simdjson::SUCCESS) column.comment = comment;
  return column;
}

}  // namespace

Result<std::vector<CatalogColumn>> ReadColumns(std::string_view schema,
                                               const std::vector<std::string>& partition_columns) {
  json::Parser parser(kSchemaBytesMax);
  element root;
  simdjson::dom::array fields;
  if (parser.Parse(schema, root) != simdjson::SUCCESS || root["fields"].get(fields) != simdjson::SUCCESS) {
    return Fail(ErrorCode::kCorruptLog, "the schema in the table's log cannot be read");
  }
  std::vector<CatalogColumn> columns;
  for (const element field : fields) {
    LF_TRY(CatalogColumn column, ReadColumn(field));
    const auto partition = std::ranges::find(partition_columns, column.name);
    if (partition != partition_columns.end()) column.partition_index = partition - partition_columns.begin();
    columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace lakeferry::delta
