#include "parquet/parsed_stats.h"

#include <arrow/array.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <iterator>

namespace lakeferry::parquet {
namespace {

void AppendQuoted(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

void AppendKey(std::string_view key, std::string& out) {
  if (out.back() != '{') out += ',';
  AppendQuoted(key, out);
  out += ':';
}

// nullCount is a struct of counts and, for nested columns, of structs. Its depth is that of the Parquet schema, which
// the reader limits. A field of another type (none is known) is left out.
void AppendCounts(const arrow::StructArray& counts, int64_t row, std::string& out) {
  out += '{';
  for (int i = 0; i < counts.num_fields(); ++i) {
    const ArrayPtr& field = counts.field(i);
    if (field->IsNull(row)) continue;
    const std::string& name = counts.type()->field(i)->name();
    if (field->type_id() == arrow::Type::STRUCT) {
      AppendKey(name, out);
      AppendCounts(static_cast<const arrow::StructArray&>(*field), row, out);
    } else if (field->type_id() == arrow::Type::INT64) {
      AppendKey(name, out);
      out += std::to_string(static_cast<const arrow::Int64Array&>(*field).Value(row));
    }
  }
  out += '}';
}

}  // namespace

Result<ParsedStats> ParsedStats::Make(std::string_view name, ArrayPtr array) {
  ParsedStats stats;
  LF_TRY(stats.struct_, StructColumn::Make(name, std::move(array)));
  LF_TRY(stats.num_records_, stats.struct_.Get<IntegerColumn>("numRecords"));
  LF_TRY(stats.null_count_, stats.struct_.Field("nullCount"));
  LF_TRY_OK(StructColumn::Make(stats.struct_.NameOf("nullCount"), stats.null_count_));
  LF_TRY(stats.tight_bounds_, stats.struct_.Get<BoolColumn>("tightBounds"));
  return stats;
}

std::optional<std::string> ParsedStats::Json(int64_t row) const {
  if (struct_.IsNull(row)) return std::nullopt;
  std::string out = "{";
  if (const auto count = num_records_.Value(row)) {
    AppendKey("numRecords", out);
    out += std::to_string(*count);
  }
  if (null_count_ != nullptr && !null_count_->IsNull(row)) {
    AppendKey("nullCount", out);
    AppendCounts(static_cast<const arrow::StructArray&>(*null_count_), row, out);
  }
  if (const auto tight = tight_bounds_.Value(row)) {
    AppendKey("tightBounds", out);
    out += *tight ? "true" : "false";
  }
  if (out.size() == 1) return std::nullopt;
  return out + "}";
}

}  // namespace lakeferry::parquet
