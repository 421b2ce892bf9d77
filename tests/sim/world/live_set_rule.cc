// A part of rule 8: what a manifest says that the live files of a table come to is what the source's commits say. The
// set is put together here a second time, from the plain reader's files.
#include <fmt/format.h>
#include <simdjson.h>

#include "base/lattice_hash.h"
#include "tests/sim/world/rules.h"

namespace lakeferry::sim {
namespace {

using simdjson::dom::object;

struct PlainSet {
  int64_t files = 0;
  int64_t bytes = 0;
  LatticeHash hash;
  bool operator==(const PlainSet&) const = default;
};

std::string NumberBytes(uint64_t number) {
  std::string out;
  for (int i = 0; i < 8; ++i) out += static_cast<char>(number >> (8 * i) & 0xff);
  return out;
}

// `key`: the path in the log and what tells its deletion vector from others, of which one without an offset has "@0".
std::string ElementOf(const std::string& key, int64_t size) {
  const size_t bar = key.rfind('|');
  std::string vector = key.substr(bar + 1);
  if (vector.ends_with("@0")) vector.resize(vector.size() - 2);
  std::string element = "lakeferry live file 1" + NumberBytes(bar) + key.substr(0, bar);
  element += vector.empty() ? std::string(1, '\0') : '\1' + NumberBytes(vector.size()) + vector;
  return element + NumberBytes(static_cast<uint64_t>(size));
}

PlainSet SetOf(const TableState& state) {
  PlainSet set;
  for (const auto& [key, file] : state.files) {
    ++set.files;
    set.bytes += file.size;
    set.hash.Add(ElementOf(key, file.size));
  }
  return set;
}

std::optional<PlainSet> SaidIn(const object& table) {
  object said;
  int64_t files = 0;
  int64_t bytes = 0;
  std::string_view hash;
  if (table["live_set"].get(said) != simdjson::SUCCESS) return std::nullopt;
  if (said["files"].get(files) != simdjson::SUCCESS || said["bytes"].get(bytes) != simdjson::SUCCESS ||
      said["hash"].get(hash) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  const auto lanes = LatticeHash::FromBase64(hash);
  if (!lanes) return std::nullopt;
  return PlainSet{.files = files, .bytes = bytes, .hash = *lanes};
}

}  // namespace

Finding CheckLiveSets(const Facts& facts, const Event& event) {
  simdjson::dom::parser parser;
  object manifest;
  simdjson::dom::array tables;
  const bool read = parser.parse(*event.store->after).get(manifest) == simdjson::SUCCESS &&
                    manifest["tables"].get(tables) == simdjson::SUCCESS;
  if (!read) return std::nullopt;  // rule 10 has a word on it
  for (const auto entry : tables) {
    object table;
    std::string_view name;
    int64_t version = 0;
    if (entry.get(table) != simdjson::SUCCESS || table["name"].get(name) != simdjson::SUCCESS) continue;
    if (table["source_version"].get(version) != simdjson::SUCCESS) continue;
    const auto& commits = facts.world().table(std::string(name)).commits();
    if (version < 0 || version >= static_cast<int64_t>(commits.size())) continue;  // rule 2
    const PlainSet held = SetOf(commits[static_cast<size_t>(version)].state);
    const std::optional<PlainSet> said = SaidIn(table);
    if (said == held) continue;
    bool replayed = false;
    const bool told = facts.world().table(std::string(name)).kind().lies_percent > 0;
    // What a writer told is believed until a replay.
    if (told && table["live_set_replayed"].get(replayed) == simdjson::SUCCESS && !replayed) continue;
    return fmt::format("epoch {} does not say what table {} holds at version {}: {} files of {} bytes, not {} of {}",
                       *event.manifest, name, version, held.files, held.bytes, said ? said->files : -1,
                       said ? said->bytes : -1);
  }
  return std::nullopt;
}

}  // namespace lakeferry::sim
