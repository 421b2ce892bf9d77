#include "parquet/present_columns.h"

#include <parquet/column_page.h>
#include <parquet/column_reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>
#include <parquet/statistics.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "parquet/level_runs.h"

namespace lakeferry::parquet {
namespace {

class RowGroup {
 public:
  RowGroup(::parquet::ParquetFileReader& file, int number)
      : reader_(file.RowGroup(number)), schema_(*file.metadata()->schema()) {}

  // The names of an action and of its field: the first two of a leaf's path.
  [[nodiscard]] std::pair<std::string, std::string> NamesOf(int leaf) const {
    const auto names = schema_.Column(leaf)->path()->ToDotVector();
    return {names[0], names.size() < 2 ? std::string() : names[1]};
  }

  // Whether on the way to a leaf one of the first `depth` nodes is null in every row, and the rows are as many as the
  // footer counts.
  [[nodiscard]] bool NeverThere(int leaf, int depth) {
    const int level = LevelAt(leaf, depth);
    if (level == LevelAt(leaf, depth - 1) || SomeSaidToBeThere(leaf)) return false;
    const auto* column = schema_.Column(leaf);
    const LevelBounds bounds{.definition_max = column->max_definition_level(),
                             .repetition_max = column->max_repetition_level()};
    const int64_t rows = reader_->metadata()->num_rows();
    const auto pages = reader_->GetColumnPageReader(leaf);
    int64_t seen = 0;
    while (seen <= rows) {
      const auto page = pages->NextPage();
      if (page == nullptr) break;
      const int64_t values = ValuesBelow(*page, bounds, level);
      if (values < 0) return false;
      seen += values;
    }
    return seen == rows;
  }

 private:
  // The definition level of a value whose first `depth` nodes are there.
  [[nodiscard]] int LevelAt(int leaf, int depth) const {
    std::vector<const ::parquet::schema::Node*> nodes;
    for (const auto* node = schema_.Column(leaf)->schema_node().get(); node->parent() != nullptr;
         node = node->parent()) {
      nodes.push_back(node);
    }
    return static_cast<int>(std::count_if(nodes.rbegin(), nodes.rbegin() + std::min<int64_t>(depth, std::ssize(nodes)),
                                          [](const auto* node) { return !node->is_required(); }));
  }

  [[nodiscard]] bool SomeSaidToBeThere(int leaf) const {
    const auto chunk = reader_->metadata()->ColumnChunk(leaf);
    const auto statistics = chunk->statistics();
    return statistics != nullptr && statistics->HasNullCount() && statistics->null_count() < chunk->num_values();
  }

  std::shared_ptr<::parquet::RowGroupReader> reader_;
  const ::parquet::SchemaDescriptor& schema_;
};

}  // namespace

std::vector<int> PresentColumns(::parquet::ParquetFileReader& file, int row_group, const std::vector<int>& chosen,
                                const std::vector<int>& keys) {
  RowGroup group(file, row_group);
  std::map<std::string, bool> action_there;
  for (const int key : keys) action_there[group.NamesOf(key).first] = !group.NeverThere(key, 1);
  std::map<std::pair<std::string, std::string>, bool> field_there;
  std::vector<int> present;
  for (const int leaf : chosen) {
    const auto names = group.NamesOf(leaf);
    if (!action_there.at(names.first)) continue;
    const bool key = std::ranges::find(keys, leaf) != keys.end();
    auto field = field_there.find(names);
    if (field == field_there.end()) field = field_there.emplace(names, key || !group.NeverThere(leaf, 2)).first;
    if (field->second) present.push_back(leaf);
  }
  return present;
}

}  // namespace lakeferry::parquet
