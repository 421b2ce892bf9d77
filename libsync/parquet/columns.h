// Typed views of the columns of a batch. A column that the file lacks is a view whose every cell is null.
// A view holds its array; the texts it gives live as long as the view.
#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "delta/action.h"

namespace lakeferry::parquet {

using ArrayPtr = std::shared_ptr<arrow::Array>;

// What the Make functions below fail with, for the caller to place: kCorruptLog naming the column and its type.
[[nodiscard]] std::unexpected<Error> WrongType(std::string_view name, const arrow::Array& array,
                                               std::string_view wanted);

class StringColumn {
 public:
  // Also kCorruptLog: bytes that are not declared to be text and are no UTF-8.
  [[nodiscard]] static Result<StringColumn> Make(std::string_view name, ArrayPtr array);
  [[nodiscard]] std::optional<std::string_view> View(int64_t row) const;
  [[nodiscard]] std::optional<std::string> Text(int64_t row) const;

 private:
  ArrayPtr array_;
};

// Any whole-number type.
class IntegerColumn {
 public:
  [[nodiscard]] static Result<IntegerColumn> Make(std::string_view name, ArrayPtr array);
  [[nodiscard]] std::optional<int64_t> Value(int64_t row) const;

 private:
  ArrayPtr array_;
};

class BoolColumn {
 public:
  [[nodiscard]] static Result<BoolColumn> Make(std::string_view name, ArrayPtr array);
  [[nodiscard]] std::optional<bool> Value(int64_t row) const;

 private:
  ArrayPtr array_;
};

class StringListColumn {
 public:
  // Also kCorruptLog: a null within a list.
  [[nodiscard]] static Result<StringListColumn> Make(std::string_view name, ArrayPtr array);
  [[nodiscard]] std::optional<std::vector<std::string>> Value(int64_t row) const;

 private:
  ArrayPtr array_;
  StringColumn elements_;
};

class StringMapColumn {
 public:
  [[nodiscard]] static Result<StringMapColumn> Make(std::string_view name, ArrayPtr array);
  [[nodiscard]] std::optional<delta::NullableMap> Value(int64_t row) const;
  // The same without the keys whose value is null; empty where the map itself is null.
  [[nodiscard]] delta::StringMap NonNull(int64_t row) const;

 private:
  ArrayPtr array_;
  StringColumn keys_;
  StringColumn values_;
};

class StructColumn {
 public:
  [[nodiscard]] static Result<StructColumn> Make(std::string_view name, ArrayPtr array);
  [[nodiscard]] bool IsNull(int64_t row) const;
  // The field called `name`, or null where there is none. kCorruptLog: two of that name.
  [[nodiscard]] Result<ArrayPtr> Field(std::string_view name) const;
  // "add.path", for messages.
  [[nodiscard]] std::string NameOf(std::string_view field) const;

  // The field as one of the views above.
  template <typename Column>
  [[nodiscard]] Result<Column> Get(std::string_view field) const {
    LF_TRY(ArrayPtr array, Field(field));
    return Column::Make(NameOf(field), std::move(array));
  }

 private:
  std::string name_;
  ArrayPtr array_;
};

}  // namespace lakeferry::parquet
