#include "parquet/columns.h"

#include <arrow/array.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>

#include "parquet/arrow_status.h"

namespace lakeferry::parquet {
namespace {

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

Nulls::Nulls(const arrow::Array& array)
    : all_(array.length() > 0 && array.null_count() == array.length()),
      valid_(array.null_bitmap_data(), array.offset()) {}

Result<StringColumn> StringColumn::Make(std::string_view name, ArrayPtr array) {
  StringColumn column;
  if (array == nullptr) return column;
  if (!arrow::is_string(array->type_id()) && array->type_id() != arrow::Type::STRING_VIEW) {
    LF_TRY(array, AsText(name, array));
  }
  column.nulls_ = Nulls(*array);
  if (array->type_id() == arrow::Type::STRING) {
    const auto& texts = static_cast<const arrow::StringArray&>(*array);
    column.offsets_ = texts.raw_value_offsets();
    column.bytes_ = reinterpret_cast<const char*>(texts.raw_data());
  }
  column.array_ = std::move(array);
  return column;
}

std::string_view StringColumn::OtherView(int64_t row) const {
  if (array_->type_id() == arrow::Type::STRING_VIEW) return ViewAt<arrow::BinaryViewArray>(array_, row);
  return ViewAt<arrow::LargeBinaryArray>(array_, row);
}

Result<IntegerColumn> IntegerColumn::Make(std::string_view name, ArrayPtr array) {
  IntegerColumn column;
  if (array == nullptr) return column;
  if (!arrow::is_integer(array->type_id())) return WrongType(name, *array, "a whole number");
  // The unsigned 64-bit type is no type of Delta, and would need its own range check.
  if (array->type_id() == arrow::Type::UINT64) return WrongType(name, *array, "a signed number");
  column.nulls_ = Nulls(*array);
  if (array->type_id() == arrow::Type::INT64) {
    column.longs_ = static_cast<const arrow::Int64Array&>(*array).raw_values();
  }
  column.array_ = std::move(array);
  return column;
}

int64_t IntegerColumn::OtherValue(int64_t row) const {
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
  BoolColumn column;
  if (array == nullptr) return column;
  if (array->type_id() != arrow::Type::BOOL) return WrongType(name, *array, "a boolean");
  column.nulls_ = Nulls(*array);
  const auto& values = static_cast<const arrow::BooleanArray&>(*array).values();
  if (values != nullptr) column.values_ = Bits(values->data(), array->offset());
  column.array_ = std::move(array);
  return column;
}

Result<StringListColumn> StringListColumn::Make(std::string_view name, ArrayPtr array) {
  StringListColumn column;
  if (array == nullptr) return column;
  if (array->type_id() != arrow::Type::LIST) return WrongType(name, *array, "a list");
  const auto& list = static_cast<const arrow::ListArray&>(*array);
  if (list.values()->null_count() != 0) {
    return CorruptCheckpoint("the checkpoint's column " + std::string(name) + " has a null within a list", {});
  }
  LF_TRY(column.elements_, StringColumn::Make(name, list.values()));
  column.nulls_ = Nulls(*array);
  column.offsets_ = list.raw_value_offsets();
  column.array_ = std::move(array);
  return column;
}

std::optional<std::vector<std::string>> StringListColumn::Value(int64_t row) const {
  if (nulls_[row]) return std::nullopt;
  std::vector<std::string> texts;
  texts.reserve(static_cast<size_t>(offsets_[row + 1] - offsets_[row]));
  for (int64_t i = offsets_[row]; i < offsets_[row + 1]; ++i) {
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
  column.nulls_ = Nulls(*array);
  column.offsets_ = map.raw_value_offsets();
  column.array_ = std::move(array);
  return column;
}

bool StringMapColumn::CopyTo(int64_t row, delta::NullableMap& entries) const {
  if (nulls_[row]) return false;
  const int64_t begin = offsets_[row];
  const int64_t end = offsets_[row + 1];
  entries.resize(static_cast<size_t>(end - begin));
  auto entry = entries.begin();
  for (int64_t i = begin; i < end; ++i) {
    if (!keys_.CopyTo(i, entry->first)) continue;
    values_.CopyTo(i, entry->second);
    ++entry;
  }
  entries.erase(entry, entries.end());
  return true;
}

delta::StringMap StringMapColumn::NonNull(int64_t row) const {
  delta::StringMap kept;
  delta::NullableMap entries;
  if (!CopyTo(row, entries)) return kept;
  for (auto& [key, value] : entries) {
    if (value) kept.emplace_back(std::move(key), std::move(*value));
  }
  return kept;
}

Result<StructColumn> StructColumn::Make(std::string_view name, ArrayPtr array) {
  if (array != nullptr && array->type_id() != arrow::Type::STRUCT) return WrongType(name, *array, "a struct");
  StructColumn column;
  column.name_ = name;
  if (array != nullptr) column.nulls_ = Nulls(*array);
  column.array_ = std::move(array);
  return column;
}

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
