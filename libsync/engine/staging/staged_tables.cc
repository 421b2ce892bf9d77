#include "engine/staging/staged_tables.h"

namespace lakeferry::engine {

Task<Result<std::vector<std::string>>> TablesAfter(Call call, const StagingArea& staging, Epoch after) {
  std::vector<std::string> names;
  LF_CO_TRY(const std::vector<Epoch> epochs, co_await staging.EpochsAfter(call, after));
  for (const Epoch epoch : epochs) {
    LF_CO_TRY(const std::optional<StagedObject> staged, co_await staging.Look(call, epoch));
    if (!staged || !staged->manifest) continue;  // it is answered where it is taken in
    for (const plan::ManifestTable& table : staged->manifest->tables) names.push_back(table.name);
  }
  co_return names;
}

}  // namespace lakeferry::engine
