// Typed views of the columns of a batch, by way of the arrays' own memory: a cell costs no call of Arrow's in the usual
// types. A column that the file lacks is a view whose every cell is null.
// A view holds its array; the texts it gives live as long as the view. Cells below a null struct mean nothing.
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

// Bits of an array, one a row.
class Bits {
 public:
  Bits() = default;
  Bits(const uint8_t* bits, int64_t offset) : bits_(bits), offset_(offset) {}
  [[nodiscard]] bool empty() const { return bits_ == nullptr; }
  [[nodiscard]] bool operator[](int64_t row) const {
    const auto at = static_cast<uint64_t>(row + offset_);
    return ((bits_[at >> 3U] >> (at & 7U)) & 1U) != 0;
  }

 private:
  const uint8_t* bits_ = nullptr;
  int64_t offset_ = 0;
};

// Which rows of an array are null; without an array, every one.
class Nulls {
 public:
  Nulls() = default;
  explicit Nulls(const arrow::Array& array);
  [[nodiscard]] bool operator[](int64_t row) const { return all_ || (!valid_.empty() && !valid_[row]); }
  [[nodiscard]] bool all() const { return all_; }

 private:
  bool all_ = true;
  Bits valid_;
};

class StringColumn {
 public:
  // Also kCorruptLog: bytes that are not declared to be text and are no UTF-8.
  [[nodiscard]] static Result<StringColumn> Make(std::string_view name, ArrayPtr array);
  [[nodiscard]] std::optional<std::string_view> View(int64_t row) const {
    if (nulls_[row]) return std::nullopt;
    if (offsets_ == nullptr) return OtherView(row);
    return std::string_view(bytes_ + offsets_[row], static_cast<size_t>(offsets_[row + 1] - offsets_[row]));
  }
  [[nodiscard]] std::optional<std::string> Text(int64_t row) const { return View(row).transform(ToText); }
  // Into `text`, whose memory is used again. False where the cell is null.
  bool CopyTo(int64_t row, std::string& text) const {
    const auto view = View(row);
    if (view) text.assign(*view);
    return view.has_value();
  }
  void CopyTo(int64_t row, std::optional<std::string>& text) const {
    const auto view = View(row);
    if (!view) return text.reset();
    if (!text) text.emplace();
    text->assign(*view);
  }

 private:
  static std::string ToText(std::string_view view) { return std::string(view); }
  [[nodiscard]] std::string_view OtherView(int64_t row) const;

  ArrayPtr array_;
  Nulls nulls_;
  const int32_t* offsets_ = nullptr;  // of the usual type
  const char* bytes_ = nullptr;
};

// Any whole-number type but uint64.
class IntegerColumn {
 public:
  [[nodiscard]] static Result<IntegerColumn> Make(std::string_view name, ArrayPtr array);
  [[nodiscard]] std::optional<int64_t> Value(int64_t row) const {
    if (nulls_[row]) return std::nullopt;
    return longs_ != nullptr ? longs_[row] : OtherValue(row);
  }

 private:
  [[nodiscard]] int64_t OtherValue(int64_t row) const;

  ArrayPtr array_;
  Nulls nulls_;
  const int64_t* longs_ = nullptr;  // of the usual type
};

class BoolColumn {
 public:
  [[nodiscard]] static Result<BoolColumn> Make(std::string_view name, ArrayPtr array);
  [[nodiscard]] std::optional<bool> Value(int64_t row) const {
    if (nulls_[row]) return std::nullopt;
    return values_[row];
  }

 private:
  ArrayPtr array_;
  Nulls nulls_;
  Bits values_;
};

class StringListColumn {
 public:
  // Also kCorruptLog: a null within a list.
  [[nodiscard]] static Result<StringListColumn> Make(std::string_view name, ArrayPtr array);
  [[nodiscard]] std::optional<std::vector<std::string>> Value(int64_t row) const;

 private:
  ArrayPtr array_;
  Nulls nulls_;
  const int32_t* offsets_ = nullptr;
  StringColumn elements_;
};

class StringMapColumn {
 public:
  [[nodiscard]] static Result<StringMapColumn> Make(std::string_view name, ArrayPtr array);
  // Into `entries`, whose memory is used again. False where the map is null.
  bool CopyTo(int64_t row, delta::NullableMap& entries) const;
  void CopyTo(int64_t row, std::optional<delta::NullableMap>& entries) const {
    if (nulls_[row]) return entries.reset();
    if (!entries) entries.emplace();
    CopyTo(row, *entries);
  }
  // Without the keys whose value is null; empty where the map itself is null.
  [[nodiscard]] delta::StringMap NonNull(int64_t row) const;

 private:
  ArrayPtr array_;
  Nulls nulls_;
  const int32_t* offsets_ = nullptr;
  StringColumn keys_;
  StringColumn values_;
};

class StructColumn {
 public:
  [[nodiscard]] static Result<StructColumn> Make(std::string_view name, ArrayPtr array);
  [[nodiscard]] bool IsNull(int64_t row) const { return nulls_[row]; }
  [[nodiscard]] bool AllNull() const { return nulls_.all(); }
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
  Nulls nulls_;
};

}  // namespace lakeferry::parquet
