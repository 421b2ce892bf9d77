#include "daemon/config/config_merge.h"

#include <set>
#include <utility>

namespace lakeferry {
namespace {

using Kind = ConfigNode::Kind;

constexpr std::string_view kMergeKey = "<<";
constexpr std::string_view kNotePrefix = "x-";

class MergeResolver {
 public:
  MergeResolver(const std::string& file, ConfigProblems& problems) : file_(file), problems_(problems) {}

  void Resolve(ConfigNode& node, const std::string& path) {
    if (node.kind == Kind::kList) {
      for (size_t i = 0; i < node.items.size(); ++i) Resolve(node.items[i], PathOfElement(path, i));
    } else if (node.kind == Kind::kMap) {
      ResolveMap(node, path);
    }
  }

 private:
  void ResolveMap(ConfigNode& map, const std::string& path) {
    std::vector<ConfigNode::Key> keys = std::exchange(map.keys, {});
    std::vector<ConfigNode> items = std::exchange(map.items, {});
    std::vector<ConfigNode> merged;
    bool has_merge = false;
    for (size_t i = 0; i < keys.size(); ++i) {
      if (keys[i].text.starts_with(kNotePrefix)) continue;
      Resolve(items[i], PathOfKey(path, keys[i].text));
      if (keys[i].text != kMergeKey) {
        map.keys.push_back(std::move(keys[i]));
        map.items.push_back(std::move(items[i]));
      } else if (std::exchange(has_merge, true)) {
        Report(keys[i].line, keys[i].column, path, "the key << stands here a second time", "write <<: [*one, *other]");
      } else {
        TakeMaps(std::move(items[i]), path, merged);
      }
    }
    AddLacking(map, std::move(merged));
  }

  void TakeMaps(ConfigNode value, const std::string& path, std::vector<ConfigNode>& maps) {
    std::vector<ConfigNode> values;
    if (value.kind == Kind::kList) {
      values = std::move(value.items);
    } else {
      values.push_back(std::move(value));
    }
    for (ConfigNode& each : values) {
      if (each.kind == Kind::kMap) {
        maps.push_back(std::move(each));
      } else {
        Report(each.line, each.column, path, "<< takes a map or a list of maps", "write <<: *anchor of a map");
      }
    }
  }

  // A key that one of the maps has twice stays there twice: whoever reads the map reports it.
  static void AddLacking(ConfigNode& map, std::vector<ConfigNode> merged) {
    std::set<std::string> present;
    for (const ConfigNode::Key& key : map.keys) present.insert(key.text);
    for (ConfigNode& from : merged) {
      std::set<std::string> added;
      for (size_t i = 0; i < from.keys.size(); ++i) {
        if (present.contains(from.keys[i].text)) continue;
        added.insert(from.keys[i].text);
        map.keys.push_back(std::move(from.keys[i]));
        map.items.push_back(std::move(from.items[i]));
      }
      present.merge(added);
    }
  }

  void Report(int line, int column, const std::string& path, std::string message, std::string remedy) {
    problems_.Add({.file = file_, .line = line, .column = column, .path = PathOfKey(path, kMergeKey)},
                  std::move(message), std::move(remedy));
  }

  const std::string& file_;
  ConfigProblems& problems_;
};

}  // namespace

void ResolveMerges(ConfigNode& root, const std::string& file, ConfigProblems& problems) {
  MergeResolver(file, problems).Resolve(root, {});
}

}  // namespace lakeferry
