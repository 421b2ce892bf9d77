// The reference: a table's state as plain maps, and what one action does to it. Knows files by number, not by path, so
// that it shares nothing with the code under test.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "delta/action.h"

namespace lakeferry::delta {

// A logical file: its number and what tells its deletion vector from others, "" for none.
using FileName = std::pair<int, std::string>;

struct AddOperation {
  int file = 0;
  AddFile add;  // path and dataChange are left as they are: they are no part of the comparison
};
struct RemoveOperation {
  int file = 0;
  std::optional<DeletionVector> deletion_vector;
};
struct OwnTime {
  int64_t ms = 0;
};
using Operation = std::variant<AddOperation, RemoveOperation, Metadata, Protocol, Txn, DomainMetadata, OwnTime>;

struct TableModel {
  std::optional<Protocol> protocol;
  std::optional<Metadata> metadata;
  std::map<FileName, AddFile> files;
  std::map<std::string, Txn> txns;
  std::map<std::string, DomainMetadata> domains;
  int64_t own_time = 0;

  void Apply(const Operation& operation);
  // The file that is live under a number, if any.
  [[nodiscard]] const AddFile* Live(int file) const;
};

// Every way in which one path of a file may be written in a log; two files share none.
[[nodiscard]] const std::vector<std::vector<std::string>>& Spellings();
[[nodiscard]] std::string VectorName(const std::optional<DeletionVector>& dv);

}  // namespace lakeferry::delta
