#include "parquet/columns.h"

#include <arrow/array.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>

#include "parquet/arrow_status.h"

namespace lakeferry::parquet {
namespace {

bool Missing(const ArrayPtr& array, int64_t row) { return array == nullptr || array->IsNull(row); }

template <typename ArrayType>
auto ValueAt(const ArrayPtr& array, int64_t row) {
  return static_cast<const ArrayType&>(*array).Value(row);
}

template <typename ArrayType>
std::string_view ViewAt(const ArrayPtr& array, int64_t row) {
  return static_cast<const ArrayType&>(*array).GetView(row);
}

// Bytes whose column does not say that they are text: some writers leave that out. Taken as text if they are UTF-8.
Result<ArrayPtr> AsText(std::string_view name, const ArrayPtr& array) {
  if (array->type_id() != arrow::Type::BINARY) return WrongType(name, *array, "a string");
  auto text = array->View(arrow::utf8());
  if (text.ok() && (*text)->ValidateFull().ok()) return *std::move(text);
  return CorruptCheckpoint("the checkpoint's column " + std::string(name) + " holds text that is no UTF-8", {});
}

}  // namespace

std::unexpected<Error> WrongType(std::string_view name, const arrow::Array& array, std::string_view wanted) {
  return CorruptCheckpoint("the checkpoint's column " + std::string(name) + " is of type " + array.type()->ToString() +
                               ", not " + std::string(wanted),
                           {});
}

Result<StringColumn> StringColumn::Make(std::string_view name, ArrayPtr array) {
  StringColumn column;
  if (array == nullptr) return column;
  if (!arrow::is_string(array->type_id()) && array->type_id() != arrow::Type::STRING_VIEW) {
    LF_TRY(array, AsText(name, array));
  }
  column.array_ = std::move(array);
  return column;
}

std::optional<std::string_view> StringColumn::View(int64_t row) const {
  if (Missing(array_, row)) return std::nullopt;
  switch (array_->type_id()) {
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY: return ViewAt<arrow::LargeBinaryArray>(array_, row);
    case arrow::Type::STRING_VIEW:
    case arrow::Type::BINARY_VIEW: return ViewAt<arrow::BinaryViewArray>(array_, row);
    default: return ViewAt<arrow::BinaryArray>(array_, row);
  }
}

std::optional<std::string> StringColumn::Text(int64_t row) const {
  const auto view = View(row);
  if (!view) return std::nullopt;
  return std::string(*view);
}

Result<IntegerColumn> IntegerColumn::Make(std::string_view name, ArrayPtr array) {
  if (array != nullptr && !arrow::is_integer(array->type_id())) return WrongType(name, *array, "a whole number");
  // The unsigned 64-bit type is no type of Delta, and would need its own range check.
  if (array != nullptr && array->type_id() == arrow::Type::UINT64) return WrongType(name, *array, "a signed number");
  IntegerColumn column;
  column.array_ = std::move(array);
  return column;
}

std::optional<int64_t> IntegerColumn::Value(int64_t row) const {
  if (Missing(array_, row)) return std::nullopt;
  switch (array_->type_id()) {
    case arrow::Type::INT8: return ValueAt<arrow::Int8Array>(array_, row);
    case arrow::Type::UINT8: return ValueAt<arrow::UInt8Array>(array_, row);
    case arrow::Type::INT16: return ValueAt<arrow::Int16Array>(array_, row);
    case arrow::Type::UINT16: return ValueAt<arrow::UInt16Array>(array_, row);
    case arrow::Type::INT32: return ValueAt<arrow::Int32Array>(array_, row);
    case arrow::Type::UINT32: return ValueAt<arrow::UInt32Array>(array_, row);
    default: return ValueAt<arrow::Int64Array>(array_, row);
  }
}

Result<BoolColumn> BoolColumn::Make(std::string_view name, ArrayPtr array) {
  if (array != nullptr && array->type_id() != arrow::Type::BOOL) return WrongType(name, *array, "a boolean");
  BoolColumn column;
  column.array_ = std::move(array);
  return column;
}

std::optional<bool> BoolColumn::Value(int64_t row) const {
  if (Missing(array_, row)) return std::nullopt;
  return ValueAt<arrow::BooleanArray>(array_, row);
}

Result<StringListColumn> StringListColumn::Make(std::string_view name, ArrayPtr array) {
  StringListColumn column;
  if (array == nullptr) return column;
  if (array->type_id() != arrow::Type::LIST) return WrongType(name, *array, "a list");
  const auto& elements = static_cast<const arrow::ListArray&>(*array).values();
  if (elements->null_count() != 0) {
    return CorruptCheckpoint("the checkpoint's column " + std::string(name) + " has a null within a list", {});
  }
  LF_TRY(column.elements_, StringColumn::Make(name, elements));
  column.array_ = std::move(array);
  return column;
}

std::optional<std::vector<std::string>> StringListColumn::Value(int64_t row) const {
  if (Missing(array_, row)) return std::nullopt;
  const auto& list = static_cast<const arrow::ListArray&>(*array_);
  std::vector<std::string> texts;
  texts.reserve(static_cast<size_t>(list.value_length(row)));
  for (int64_t i = list.value_offset(row); i < list.value_offset(row + 1); ++i) {
    if (const auto text = elements_.View(i)) texts.emplace_back(*text);
  }
  return texts;
}

Result<StringMapColumn> StringMapColumn::Make(std::string_view name, ArrayPtr array) {
  StringMapColumn column;
  if (array == nullptr) return column;
  if (array->type_id() != arrow::Type::MAP) return WrongType(name, *array, "a map");
  const auto& map = static_cast<const arrow::MapArray&>(*array);
  LF_TRY(column.keys_, StringColumn::Make(name, map.keys()));
  LF_TRY(column.values_, StringColumn::Make(name, map.items()));
  column.array_ = std::move(array);
  return column;
}

std::optional<delta::NullableMap> StringMapColumn::Value(int64_t row) const {
  if (Missing(array_, row)) return std::nullopt;
  const auto& map = static_cast<const arrow::MapArray&>(*array_);
  delta::NullableMap entries;
  entries.reserve(static_cast<size_t>(map.value_length(row)));
  for (int64_t i = map.value_offset(row); i < map.value_offset(row + 1); ++i) {
    if (auto key = keys_.Text(i)) entries.emplace_back(std::move(*key), values_.Text(i));
  }
  return entries;
}

delta::StringMap StringMapColumn::NonNull(int64_t row) const {
  delta::StringMap kept;
  auto entries = Value(row);
  if (!entries) return kept;
  for (auto& [key, value] : *entries) {
    if (value) kept.emplace_back(std::move(key), std::move(*value));
  }
  return kept;
}

Result<StructColumn> StructColumn::Make(std::string_view name, ArrayPtr array) {
  if (array != nullptr && array->type_id() != arrow::Type::STRUCT) return WrongType(name, *array, "a struct");
  StructColumn column;
  column.name_ = name;
  column.array_ = std::move(array);
  return column;
}

bool StructColumn::IsNull(int64_t row) const { return Missing(array_, row); }

Result<ArrayPtr> StructColumn::Field(std::string_view name) const {
  ArrayPtr found;
  if (array_ == nullptr) return found;
  const auto& fields = array_->type()->fields();
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i]->name() != name) continue;
    if (found != nullptr) return CorruptCheckpoint("the checkpoint has two columns named " + NameOf(name), {});
    found = static_cast<const arrow::StructArray&>(*array_).field(static_cast<int>(i));
  }
  return found;
}

std::string StructColumn::NameOf(std::string_view field) const {
  return name_.empty() ? std::string(field) : name_ + "." + std::string(field);
}

}  // namespace lakeferry::parquet
