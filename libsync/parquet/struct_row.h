// StructRow: one row of a struct column while it is built, field after field in the order of the column's type.
// Lives as long as a statement; does not own the builder.
#pragma once

#include <arrow/array/builder_nested.h>
#include <arrow/status.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "delta/action.h"

namespace lakeferry::parquet {

class StructRow {
 public:
  // Begins a row. `text_bytes` is added to: how many bytes of text were put.
  StructRow(arrow::StructBuilder& builder, int64_t& text_bytes)
      : builder_(builder), text_bytes_(text_bytes), status_(builder.Append()) {}

  // The next field, whose type must be that of `value`: utf8, int64, int32, boolean, map or list of utf8, or the struct
  // of a deletion vector. An absent optional is a null.
  template <typename T>
  StructRow& Put(const T& value) {
    arrow::ArrayBuilder& field = *builder_.field_builder(next_++);
    if (status_.ok()) status_ = Append(field, value);
    return *this;
  }

  // The next field as the row of a struct of its own.
  [[nodiscard]] StructRow Nested() {
    return {static_cast<arrow::StructBuilder&>(*builder_.field_builder(next_++)), text_bytes_};
  }

  // The first error of any of the above, and one if the row lacks a field.
  [[nodiscard]] arrow::Status End() const;

 private:
  using Builder = arrow::ArrayBuilder;

  template <typename T>
  arrow::Status Append(Builder& field, const std::optional<T>& value) {
    return value ? Append(field, *value) : field.AppendNull();
  }
  arrow::Status Append(Builder& field, const std::string& value);
  arrow::Status Append(Builder& field, const std::vector<std::string>& value);
  arrow::Status Append(Builder& field, const delta::NullableMap& value);
  arrow::Status Append(Builder& field, const delta::StringMap& value);
  arrow::Status Append(Builder& field, const delta::DeletionVector& value);
  static arrow::Status Append(Builder& field, int64_t value);
  static arrow::Status Append(Builder& field, int32_t value);
  static arrow::Status Append(Builder& field, bool value);
  template <typename Map>
  arrow::Status AppendMap(Builder& field, const Map& entries);

  arrow::StructBuilder& builder_;
  int64_t& text_bytes_;
  arrow::Status status_;
  int next_ = 0;
};

}  // namespace lakeferry::parquet
