#include "tests/sim/world/facts.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "base/digest.h"

namespace lakeferry::sim {
namespace {

using simdjson::dom::array;
using simdjson::dom::object;

std::string Text(const object& json, std::string_view key) {
  std::string_view value;
  return json[key].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

int64_t Number(const object& json, std::string_view key) {
  int64_t value = 0;
  return json[key].get(value) == simdjson::SUCCESS ? value : 0;
}

std::vector<std::string> Texts(const object& json, std::string_view key) {
  std::vector<std::string> texts;
  array items;
  if (json[key].get(items) != simdjson::SUCCESS) return texts;
  for (const auto item : items) {
    std::string_view text;
    if (item.get(text) == simdjson::SUCCESS) texts.emplace_back(text);
  }
  return texts;
}

ManifestTruth::Table ReadTableEntry(const object& json) {
  ManifestTruth::Table table;
  table.source_version = Number(json, "source_version");
  int64_t base = 0;
  if (json["base_version"].get(base) == simdjson::SUCCESS) table.base_version = base;
  array parts;
  if (json["parts"].get(parts) != simdjson::SUCCESS) return table;
  for (const auto part : parts) {
    object entry;
    if (part.get(entry) == simdjson::SUCCESS) table.parts.insert(Text(entry, "sha256"));
  }
  return table;
}

std::optional<StagedTruth> StagedOf(const object& line) {
  for (const char* kind : {"file", "commit", "logFile"}) {
    object entry;
    if (line[kind].get(entry) != simdjson::SUCCESS) continue;
    return StagedTruth{.path = Text(entry, "path"),
                       .size = Number(entry, "size"),
                       .crc64 = Text(entry, "crc64"),
                       .staged = Text(entry, "staged")};
  }
  return std::nullopt;
}

// "epochs/<n>/manifest" and "receipts/<n>".
std::optional<int64_t> EpochIn(std::string_view path, std::string_view before, std::string_view after) {
  if (!path.starts_with(before) || !path.ends_with(after)) return std::nullopt;
  const std::string_view number = path.substr(before.size(), path.size() - before.size() - after.size());
  int64_t epoch = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), epoch);
  if (error != std::errc() || end != number.data() + number.size() || number.size() != 20) return std::nullopt;
  return epoch;
}

std::map<std::string, std::string> CarriedProperties(std::map<std::string, std::string> properties) {
  std::erase_if(properties,
                [](const auto& entry) { return entry.first.starts_with("delta.inCommitTimestampEnablement"); });
  return properties;
}

bool HoldsAll(const std::map<std::string, int64_t>& wanted, const std::map<std::string, int64_t>& there) {
  return std::ranges::all_of(wanted, [&](const auto& entry) {
    const auto found = there.find(entry.first);
    return found != there.end() && found->second == entry.second;
  });
}

}  // namespace

std::string EpochName(int64_t epoch) { return fmt::format("{:020}", epoch); }

std::string Facts::BelowGroup(const ObjectPath& path) const {
  const std::string prefix = setup_.group + "/";
  return path.text().starts_with(prefix) ? path.text().substr(prefix.size()) : std::string();
}

Event Facts::Take(const StoreEffect& effect) {
  Event event{.actor = effect.actor, .store = &effect};
  for (const std::string& table : SourceWorld::TableNames()) {
    if (effect.uri == SourceWorld::SourceUri(table)) event.area = Area::kSource;
    if (effect.uri == SourceWorld::TargetUri(table)) event.area = Area::kTarget;
    if (event.area != Area::kNone) {
      event.table = table;
      break;
    }
  }
  if (effect.uri == setup_.staging_uri) event.area = Area::kStaging;
  event.created = !effect.before && effect.after && effect.offered;
  const bool changed = effect.before != effect.after;
  if (event.area == Area::kTarget && changed && effect.path.text().starts_with("_delta_log/")) {
    LookAgain(event.table);
    if (event.created) event.commit = CommitVersion(effect.path.text());
    const TableState& state = replicas[event.table].read.state;
    const auto marker = state.txns.find("lakeferry/" + setup_.group);
    if (event.commit && marker != state.txns.end()) commit_times[marker->second].insert(state.commit_time);
  }
  if (event.area == Area::kStaging && event.created) {
    ReadManifest(effect, event);
    ReadReceipt(effect, event);
  } else if (event.area == Area::kStaging && changed && effect.after) {
    ReadReceipt(effect, event);  // in the place of a forged one
  }
  return event;
}

void Facts::LookAgain(const std::string& table) {
  replicas[table] = Replica{.read = ReadOwn(SourceWorld::TargetUri(table)), .equals = {}};
}

ReadTable Facts::ReadOwn(const std::string& uri) const {
  const auto others = foreign.find(uri);
  if (others == foreign.end()) return ReadReplica(objects(uri));
  auto own = objects(uri);
  for (const std::string& path : others->second) own.erase(path);
  return ReadReplica(own);
}

void Facts::ReadManifest(const StoreEffect& effect, Event& event) {
  event.manifest = EpochIn(BelowGroup(effect.path), "epochs/", "/manifest");
  if (!event.manifest) return;
  simdjson::dom::parser parser;
  object json;
  ManifestTruth manifest;
  if (parser.parse(*effect.after).get(json) == simdjson::SUCCESS) {
    manifest.epoch = Number(json, "epoch");
    manifest.base_epoch = Number(json, "base_epoch");
    manifest.previous_epoch = Number(json, "previous_epoch");
    manifest.previous_sha256 = Text(json, "previous_sha256");
    manifest.cut_time = FromEpochMs(Number(json, "cut_time_ms"));
    manifest.run_ids = Texts(json, "run_ids");
    bool atomic = false;
    manifest.atomic = json["atomic"].get(atomic) == simdjson::SUCCESS && atomic;
    array tables;
    if (json["tables"].get(tables) == simdjson::SUCCESS) {
      for (const auto table : tables) {
        object entry;
        if (table.get(entry) == simdjson::SUCCESS) manifest.tables[Text(entry, "name")] = ReadTableEntry(entry);
      }
    }
  }
  manifest.sha256 = Sha256Hex(*effect.after);
  manifest.epoch = manifest.epoch == *event.manifest ? manifest.epoch : -1;
  ReadParts(manifest);
  manifests.insert_or_assign(*event.manifest, std::move(manifest));
}

void Facts::ReadParts(ManifestTruth& manifest) const {
  const auto& staged = objects(setup_.staging_uri);
  simdjson::dom::parser parser;
  for (auto& [name, table] : manifest.tables) {
    for (const std::string& part : table.parts) {
      const auto found =
          staged.find(fmt::format("{}/epochs/{}/parts/{}", setup_.group, EpochName(manifest.epoch), part));
      if (found == staged.end()) continue;
      std::string_view text = *found->second.bytes;
      while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        object line;
        if (parser.parse(text.data(), end).get(line) == simdjson::SUCCESS) {
          if (auto file = StagedOf(line)) table.files[file->path] = *file;
        }
        text.remove_prefix(std::min(end + 1, text.size()));
      }
    }
  }
}

void Facts::ReadReceipt(const StoreEffect& effect, Event& event) {
  event.receipt = EpochIn(BelowGroup(effect.path), "receipts/", "");
  if (!event.receipt) return;
  simdjson::dom::parser parser;
  object json;
  bool applied = false;
  if (parser.parse(*effect.after).get(json) == simdjson::SUCCESS) {
    if (json["applied"].get(applied) != simdjson::SUCCESS) applied = false;
  }
  const bool said_before = receipts.contains(*event.receipt) && !forged.contains(*event.receipt);
  if (said_before) found_otherwise.insert(*event.receipt);
  receipts[*event.receipt] = applied;
  receipt_texts[*event.receipt] = *effect.after;
  if (applied) completed = std::max(completed, *event.receipt);
}

Event Facts::Take(const Actor& actor, const StateChange& change) {
  for (const JournalEntry& entry : change.journals) {
    int64_t epoch = 0;
    std::from_chars(entry.content.data(), entry.content.data() + entry.content.size(), epoch);
    if (epoch > 0) intents.insert(epoch);
  }
  if (actor.role == Role::kReceiver) {
    receivers.insert(actor.id);
    for (const EpochRecord& record : change.epochs) {
      if (record.state == EpochState::kApplied) completed = std::max(completed, record.epoch.value());
    }
  }
  return Event{.actor = actor, .saved = &change};
}

void Facts::Remember(const Event& event) {
  if (event.created) {
    contents.emplace(event.store->uri + "/" + event.store->path.text(), Crc64Of(*event.store->after));
  }
  if (event.saved == nullptr) return;
  ProcessFacts& process = processes[event.actor.id];
  for (const EpochRecord& record : event.saved->epochs) {
    if (record.state == EpochState::kApplied)
      process.newest_applied = std::max(process.newest_applied, record.epoch.value());
  }
  for (const GroupRecord& record : event.saved->groups) {
    process.group_epoch = record.epoch.value();
    process.state = record.state;
    process.error = record.last_error;
    if (!record.last_error.empty()) errors.insert(record.last_error);
  }
}

bool Facts::Equals(const std::string& table, int64_t version) const {
  Replica& replica = replicas[table];
  const auto known = replica.equals.find(version);
  if (known != replica.equals.end()) return known->second;
  const auto& commits = world_->table(table).commits();
  bool equal = false;
  if (version >= 0 && version < static_cast<int64_t>(commits.size())) {
    const TableState& source = commits[static_cast<size_t>(version)].state;
    const TableState& there = replica.read.state;
    equal = replica.read.problem.empty() && BySourceName(there.files) == BySourceName(source.files) &&
            there.shape == source.shape && HoldsAll(source.txns, there.txns) &&
            CarriedProperties(there.properties) == CarriedProperties(source.properties);
    if (setup_.mirror) {
      equal =
          equal && there.version == version && there.table_id == source.table_id && there.protocol == source.protocol;
    }
  }
  replica.equals[version] = equal;
  return equal;
}

bool Facts::StandsAt(const std::string& table, int64_t epoch) const {
  if (epoch == 0) return replicas[table].read.state.version < 0 && replicas[table].read.problem.empty();
  const auto manifest = manifests.find(epoch);
  if (manifest == manifests.end()) return false;
  const auto entry = manifest->second.tables.find(table);
  return entry != manifest->second.tables.end() && Equals(table, entry->second.source_version);
}

bool Facts::StandsBetween(const std::string& table, int64_t from, int64_t to) const {
  const int64_t version = replicas[table].read.state.version;
  if (version < 0) return from == 0;
  const auto last = manifests.find(to);
  if (last == manifests.end() || !last->second.tables.contains(table)) return false;
  const auto first = manifests.find(from);
  const int64_t low = first == manifests.end() ? 0 : first->second.tables.at(table).source_version;
  return version >= low && version <= last->second.tables.at(table).source_version && Equals(table, version);
}

}  // namespace lakeferry::sim
