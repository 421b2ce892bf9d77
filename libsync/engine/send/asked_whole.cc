#include "engine/send/asked_whole.h"

#include <fmt/format.h>

#include <algorithm>

namespace lakeferry::engine {
namespace {

void Join(std::string& names, const std::string& name) {
  names += fmt::format("{}'{}'", names.empty() ? "" : ", ", name);
}

}  // namespace

void BeginWhole(const GroupRecord& record, SenderPosition& position) {
  for (const AskedWhole& asked : record.resync) {
    const bool brought = asked.staged != Epoch() && asked.staged <= position.base_epoch;
    if (brought || position.base.erase(asked.table) == 0) continue;
    position.restage.insert(asked.table);
  }
}

std::string RestagingText(const plan::GroupSpec& spec, const GroupRecord& record, const SenderPosition& position) {
  std::string by_receiver;
  std::string by_person;
  for (const plan::TableSpec& table : spec.tables) {
    if (!position.restage.contains(table.name)) continue;
    const bool said = std::ranges::find(record.resync, table.name, &AskedWhole::table) != record.resync.end();
    Join(said ? by_person : by_receiver, table.name);
  }
  std::string text;
  if (!by_receiver.empty()) text = fmt::format("the receiver has asked for table {} whole", by_receiver);
  if (by_person.empty()) return text;
  return fmt::format("{}{}table {} goes over whole, as somebody wants it (resync)", text, text.empty() ? "" : "; ",
                     by_person);
}

void NoteStagedWhole(Epoch epoch, const SenderPosition& position, GroupRecord& record) {
  for (AskedWhole& asked : record.resync) {
    if (!position.base.contains(asked.table)) asked.staged = epoch;
  }
}

void NoteAppliedWhole(Epoch applied, GroupRecord& record) {
  std::erase_if(record.resync,
                [applied](const AskedWhole& asked) { return asked.staged != Epoch() && asked.staged <= applied; });
}

}  // namespace lakeferry::engine
