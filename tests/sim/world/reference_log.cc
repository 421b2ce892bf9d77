#include "tests/sim/world/reference_log.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace lakeferry::sim {
namespace {

using Element = simdjson::dom::element;
using Object = simdjson::dom::object;

std::string Text(const Object& object, std::string_view key) {
  std::string_view value;
  if (object[key].get(value) != simdjson::SUCCESS) return {};
  return std::string(value);
}

int64_t Number(const Object& object, std::string_view key) {
  int64_t value = 0;
  if (object[key].get(value) != simdjson::SUCCESS) return 0;
  return value;
}

// Objects with sorted keys, so that two writers' orders compare equal.
std::string Canonical(const Element& element) {
  Object object;
  if (element.get(object) != simdjson::SUCCESS) return simdjson::minify(element);
  std::map<std::string, std::string> fields;
  for (const auto field : object) fields.emplace(std::string(field.key), Canonical(field.value));
  std::string text = "{";
  for (const auto& [key, value] : fields) text += key + ":" + value + ",";
  return text + "}";
}

std::string CanonicalField(const Object& object, std::string_view key) {
  Element element;
  if (object[key].get(element) != simdjson::SUCCESS || element.is_null()) return "-";
  return Canonical(element);
}

// Z85 of the 16 bytes of a UUID, the reverse of the protocol's "u" storage.
std::string UuidOfZ85(std::string_view text) {
  constexpr std::string_view kDigits =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
  std::string hex;
  for (size_t at = 0; at + 5 <= text.size(); at += 5) {
    uint32_t word = 0;
    for (size_t i = 0; i < 5; ++i) word = word * 85 + static_cast<uint32_t>(kDigits.find(text[at + i]));
    hex += fmt::format("{:08x}", word);
  }
  if (hex.size() != 32) return {};
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
                     hex.substr(20));
}

std::string VectorKey(const Object& action) {
  Object vector;
  if (action["deletionVector"].get(vector) != simdjson::SUCCESS) return {};
  return Text(vector, "storageType") + Text(vector, "pathOrInlineDv") + "@" + std::to_string(Number(vector, "offset"));
}

std::string VectorPath(const Object& action) {
  Object vector;
  if (action["deletionVector"].get(vector) != simdjson::SUCCESS || Text(vector, "storageType") != "u") return {};
  const std::string id = Text(vector, "pathOrInlineDv");
  const std::string prefix = id.substr(0, id.size() - 20);
  const std::string name = "deletion_vector_" + UuidOfZ85(std::string_view(id).substr(prefix.size())) + ".bin";
  return prefix.empty() ? name : prefix + "/" + name;
}

LiveFile FileOf(const Object& add) {
  const std::string path = Text(add, "path");
  LiveFile file{.path = DecodePath(path),
                .size = Number(add, "size"),
                .vector_path = VectorPath(add),
                .facts = path,
                .modified = Number(add, "modificationTime"),
                .row_commit = -1};
  if (add["defaultRowCommitVersion"].get(file.row_commit) != simdjson::SUCCESS) file.row_commit = -1;
  for (const char* key : {"size", "modificationTime", "partitionValues", "stats", "tags", "deletionVector"}) {
    file.facts += fmt::format("|{}={}", key, CanonicalField(add, key));
  }
  return file;
}

void ApplyMetadata(const Object& metadata, TableState& state) {
  state.table_id = Text(metadata, "id");
  state.shape = CanonicalField(metadata, "schemaString") + CanonicalField(metadata, "partitionColumns") +
                CanonicalField(metadata, "format");
  state.properties.clear();
  Object properties;
  if (metadata["configuration"].get(properties) != simdjson::SUCCESS) return;
  for (const auto field : properties) state.properties[std::string(field.key)] = CanonicalField(properties, field.key);
}

void ApplyTxn(const Object& txn, TableState& state) {
  const std::string app = Text(txn, "appId");
  state.txns[app] = Number(txn, "version");
  if (app.starts_with("lakeferry/")) ++state.epochs[Number(txn, "version")];
}

std::optional<std::string> ApplyAction(const Object& line, TableState& state) {
  Object action;
  if (line["add"].get(action) == simdjson::SUCCESS) {
    const std::string key = Text(action, "path") + "|" + VectorKey(action);
    state.files.insert_or_assign(key, FileOf(action));
  } else if (line["remove"].get(action) == simdjson::SUCCESS) {
    state.files.erase(Text(action, "path") + "|" + VectorKey(action));
  } else if (line["metaData"].get(action) == simdjson::SUCCESS) {
    ApplyMetadata(action, state);
  } else if (Element protocol; line["protocol"].get(protocol) == simdjson::SUCCESS) {
    state.protocol = Canonical(protocol);
  } else if (line["txn"].get(action) == simdjson::SUCCESS) {
    ApplyTxn(action, state);
  } else if (line["commitInfo"].get(action) == simdjson::SUCCESS) {
    state.commit_time = Number(action, "timestamp");
  }
  return std::nullopt;
}

// Removes before adds: within one commit their order has no meaning.
std::optional<std::string> ApplyLines(std::string_view text, bool removes, TableState& state) {
  simdjson::dom::parser parser;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    const bool is_remove = line.starts_with("{\"remove\"");
    if (is_remove != removes) continue;
    Object object;
    if (parser.parse(line.data(), line.size()).get(object) != simdjson::SUCCESS) {
      return fmt::format("a line that is no JSON object: {}", line.substr(0, 80));
    }
    if (auto problem = ApplyAction(object, state)) return problem;
  }
  return std::nullopt;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The JSON checkpoints of a log, by version.
std::map<int64_t, const std::string*> Checkpoints(const std::map<std::string, MemoryStore::Object>& objects) {
  std::map<int64_t, const std::string*> found;
  for (auto at = objects.lower_bound("_delta_log/"); at != objects.end() && at->first.starts_with("_delta_log/");
       ++at) {
    const std::string_view name = std::string_view(at->first).substr(11);
    if (name.size() < 32 || name.substr(20, 12) != ".checkpoint." || !name.ends_with(".json")) continue;
    int64_t version = 0;
    std::from_chars(name.data(), name.data() + 20, version);
    found[version] = at->second.bytes.get();
  }
  return found;
}

}  // namespace

std::string SourceName(const std::string& path) {
  constexpr std::string_view kFolder = "reused/";
  if (!path.starts_with(kFolder)) return path;
  return path.substr(path.find('/', kFolder.size()) + 1);
}

std::multimap<std::string, LiveFile> BySourceName(const std::map<std::string, LiveFile>& files) {
  std::multimap<std::string, LiveFile> named;
  for (const auto& [key, file] : files) {
    LiveFile there = file;
    there.path = SourceName(there.path);
    there.facts = SourceName(there.facts);
    named.emplace(SourceName(key), std::move(there));
  }
  return named;
}

std::string DecodePath(std::string_view path) {
  std::string decoded;
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '%' && i + 2 < path.size() && HexDigit(path[i + 1]) >= 0 && HexDigit(path[i + 2]) >= 0) {
      decoded += static_cast<char>(HexDigit(path[i + 1]) * 16 + HexDigit(path[i + 2]));
      i += 2;
    } else {
      decoded += path[i];
    }
  }
  return decoded;
}

std::string CommitName(int64_t version) { return fmt::format("_delta_log/{:020}.json", version); }

std::optional<int64_t> CommitVersion(std::string_view path) {
  if (path.size() != 36 || !path.starts_with("_delta_log/") || !path.ends_with(".json")) return std::nullopt;
  int64_t version = 0;
  const auto [end, error] = std::from_chars(path.data() + 11, path.data() + 31, version);
  if (error != std::errc() || end != path.data() + 31) return std::nullopt;
  return version;
}

std::optional<std::string> ApplyCommit(std::string_view text, TableState& state) {
  if (text.empty()) return "an empty commit";
  if (auto problem = ApplyLines(text, true, state)) return problem;
  if (auto problem = ApplyLines(text, false, state)) return problem;
  ++state.version;
  return std::nullopt;
}

ReadTable ReadReplica(const std::map<std::string, MemoryStore::Object>& objects) {
  std::vector<std::pair<int64_t, const std::string*>> commits;
  for (auto at = objects.lower_bound("_delta_log/"); at != objects.end() && at->first.starts_with("_delta_log/");
       ++at) {
    if (const auto version = CommitVersion(at->first)) commits.emplace_back(*version, at->second.bytes.get());
  }
  ReadTable table;
  const auto checkpoints = Checkpoints(objects);
  if (commits.empty() && checkpoints.empty()) return table;
  // As engines do: from the newest checkpoint, if there is one.
  if (!checkpoints.empty()) {
    if (auto problem = ApplyCommit(*checkpoints.rbegin()->second, table.state)) table.problem = *problem;
    table.state.version = checkpoints.rbegin()->first;
  }
  int64_t expected = table.state.version + 1;
  for (const auto& [version, text] : commits) {
    if (version < expected) continue;
    if (version != expected) {
      table.problem = fmt::format("version {} is missing before version {}", expected, version);
      return table;
    }
    if (auto problem = ApplyCommit(*text, table.state)) {
      table.problem = fmt::format("version {}: {}", version, *problem);
      return table;
    }
    ++expected;
  }
  if (table.state.protocol.empty() || table.state.table_id.empty()) table.problem = "no protocol or no metaData";
  return table;
}

}  // namespace lakeferry::sim
