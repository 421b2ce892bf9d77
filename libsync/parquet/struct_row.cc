#include "parquet/struct_row.h"

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>

#include <limits>

namespace lakeferry::parquet {

arrow::Status StructRow::End() const {
  if (status_.ok() && next_ != builder_.num_fields()) return arrow::Status::Invalid("a row lacks a field");
  return status_;
}

arrow::Status StructRow::Append(Builder& field, const std::string& value) {
  text_bytes_ += static_cast<int64_t>(value.size());
  return static_cast<arrow::StringBuilder&>(field).Append(value);
}

arrow::Status StructRow::Append(Builder& field, int64_t value) {
  return static_cast<arrow::Int64Builder&>(field).Append(value);
}

arrow::Status StructRow::Append(Builder& field, int32_t value) {
  return static_cast<arrow::Int32Builder&>(field).Append(value);
}

arrow::Status StructRow::Append(Builder& field, bool value) {
  return static_cast<arrow::BooleanBuilder&>(field).Append(value);
}

arrow::Status StructRow::Append(Builder& field, const std::vector<std::string>& value) {
  auto& list = static_cast<arrow::ListBuilder&>(field);
  ARROW_RETURN_NOT_OK(list.Append());
  for (const std::string& element : value) ARROW_RETURN_NOT_OK(Append(*list.value_builder(), element));
  return {};
}

template <typename Map>
arrow::Status StructRow::AppendMap(Builder& field, const Map& entries) {
  auto& map = static_cast<arrow::MapBuilder&>(field);
  ARROW_RETURN_NOT_OK(map.Append());
  for (const auto& [key, value] : entries) {
    ARROW_RETURN_NOT_OK(Append(*map.key_builder(), key));
    ARROW_RETURN_NOT_OK(Append(*map.item_builder(), value));
  }
  return {};
}

arrow::Status StructRow::Append(Builder& field, const delta::NullableMap& value) { return AppendMap(field, value); }
arrow::Status StructRow::Append(Builder& field, const delta::StringMap& value) { return AppendMap(field, value); }

arrow::Status StructRow::Append(Builder& field, const delta::DeletionVector& value) {
  constexpr int64_t kMax = std::numeric_limits<int32_t>::max();
  const auto narrow = [](int64_t number) { return static_cast<int32_t>(number); };
  if (value.size_in_bytes < 0 || value.size_in_bytes > kMax || value.offset.value_or(0) < 0 ||
      value.offset.value_or(0) > kMax) {
    return arrow::Status::Invalid("the offset or size of a deletion vector is beyond 32 bits");
  }
  return StructRow(static_cast<arrow::StructBuilder&>(field), text_bytes_)
      .Put(value.storage_type)
      .Put(value.path_or_inline_dv)
      .Put(value.offset.transform(narrow))
      .Put(narrow(value.size_in_bytes))
      .Put(value.cardinality)
      .End();
}

}  // namespace lakeferry::parquet
