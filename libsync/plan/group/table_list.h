// TableList: the tables of a group. Copies share them, for there may be ten thousand, and configuration, route and
// worker of a group each have them; what one of these changes, the others do not see.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "plan/group/table_spec.h"

namespace lakeferry::plan {

// Reads as a vector does. What is read stays where it is as long as any copy of the list lives that nobody has changed.
class TableList {
 public:
  using value_type = TableSpec;
  using const_iterator = const TableSpec*;
  using iterator = const_iterator;
  using const_reference = const TableSpec&;
  using reference = const_reference;
  using size_type = size_t;
  using difference_type = std::ptrdiff_t;

  TableList() = default;
  TableList(std::vector<TableSpec> tables)  // NOLINT(google-explicit-constructor): it is that list
      : tables_(std::make_shared<std::vector<TableSpec>>(std::move(tables))) {}
  TableList(std::initializer_list<TableSpec> tables) : TableList(std::vector<TableSpec>(tables)) {}

  [[nodiscard]] const_iterator begin() const { return All().data(); }
  [[nodiscard]] const_iterator end() const { return begin() + size(); }
  [[nodiscard]] size_t size() const { return All().size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] const TableSpec& operator[](size_t number) const { return All()[number]; }
  [[nodiscard]] const TableSpec& front() const { return All().front(); }
  [[nodiscard]] const TableSpec& back() const { return All().back(); }

  // For a change: a list that no other has, until this one is copied. Costs a copy of all tables.
  [[nodiscard]] std::vector<TableSpec>& Edit() {
    tables_ = std::make_shared<std::vector<TableSpec>>(begin(), end());
    return *tables_;
  }

 private:
  [[nodiscard]] std::span<const TableSpec> All() const {
    return tables_ ? std::span<const TableSpec>(*tables_) : std::span<const TableSpec>();
  }

  std::shared_ptr<std::vector<TableSpec>> tables_;  // null: none
};

}  // namespace lakeferry::plan
