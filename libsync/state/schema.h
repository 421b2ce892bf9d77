// The metadata store's file: how it is opened, proved to be ours, and brought to the newest schema. Private to this
// folder. Blocking.
#pragma once

#include <memory>
#include <string>

#include "state/sqlite.h"

namespace lakeferry::sqlite {

// Stands in the file's header, so that no other program's database is taken for ours.
inline constexpr int64_t kApplicationId = 0x4c4b4659;  // "LKFY"

// The newest schema this program knows.
[[nodiscard]] int64_t SchemaVersionNewest();

// Opens or creates (mode 0600, folder made too; by root: owned as the folder is) the store at `path`, checks it and
// migrates it, in one transaction.
// kCorruptData: damaged, or not ours. kRefused: written by a newer program. kUnavailable: locked for longer than 5 s.
[[nodiscard]] Result<std::unique_ptr<Database>> OpenMetadataStore(const std::string& path);

// A store of this process alone, empty, which ends with it.
[[nodiscard]] Result<std::unique_ptr<Database>> OpenMemoryStore();

}  // namespace lakeferry::sqlite
