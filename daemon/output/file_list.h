// FileList: the live files of a snapshot with what is printed of them and nothing else, packed one behind the other:
// the path, some ten bytes for its numbers, and the partition values. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "delta/action.h"

namespace lakeferry {

// What it views belongs to the list.
struct ListedFile {
  std::string_view path;
  int64_t size = 0;
  std::optional<int64_t> num_records;
  std::vector<std::pair<std::string_view, std::optional<std::string_view>>> partition_values;
  std::optional<delta::DeletionVector> deletion_vector;
};

class FileList {
 public:
  // One file of the list, valid as long as the list.
  struct Place {
    const char* record = nullptr;
    uint64_t key = 0;  // eight bytes of the path, by which places are sorted
  };

  void Add(const delta::AddFile& file, std::optional<int64_t> num_records);
  // All files, ordered by the bytes of their paths. 16 bytes a file.
  [[nodiscard]] std::vector<Place> Sorted() const;
  // Into a file that may have been read before, so that its memory serves again.
  void Read(const Place& place, ListedFile& file) const;

 private:
  // Blocks never grow, so that there is never a second copy of all.
  struct Block {
    std::unique_ptr<char[]> bytes;
    size_t size = 0;
    size_t used = 0;
  };

  // The number of the file's list of partition columns.
  size_t ColumnsOf(const delta::AddFile& file);
  void Append();

  std::vector<Block> blocks_;
  size_t files_ = 0;
  std::string prefix_;                             // of all paths
  std::vector<std::vector<std::string>> columns_;  // as a rule one list for all files
  std::string record_;                             // of the file being added
};

}  // namespace lakeferry
