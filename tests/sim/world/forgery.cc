// Somebody who can write staging and is no receiver: says of an epoch that it was applied, in words that nobody can
// tell from a receiver's.
#include <fmt/format.h>

#include "base/digest.h"
#include "plan/document/manifest.h"
#include "plan/document/receipt.h"
#include "tests/sim/world/simulation.h"

namespace lakeferry::sim {
namespace {

constexpr int64_t kSoonMs = 30'000;

}  // namespace

void Simulation::Forge(const Event& event) {
  // Who deceives the sender while a mirror's commits go in, or while files of a half-applied clone may vanish, takes
  // away what the receiver still needs: only signatures hold that.
  if (scenario_.setup.mirror || forgeries_left_ == 0 || healed_ || !chance_.Percent(50)) return;
  --forgeries_left_;
  const int64_t epoch = *event.manifest;
  timeline_.At(timeline_.now() + Millis(chance_.Below(kSoonMs)), 0, [this, epoch] { PlantReceipt(epoch); });
}

void Simulation::PlantReceipt(int64_t epoch) {
  MemoryStore& staging = StoreAt(scenario_.setup.staging_uri);
  const std::string path = fmt::format("{}/receipts/{}", scenario_.setup.group, EpochName(epoch));
  const bool half_applied = facts_.intents.contains(epoch) && facts_.completed < epoch;
  if (half_applied || staging.objects().contains(path)) return;
  const auto text =
      staging.objects().find(fmt::format("{}/epochs/{}/manifest", scenario_.setup.group, EpochName(epoch)));
  if (text == staging.objects().end()) return;
  const auto manifest = plan::ReadManifest(*text->second.bytes, path);
  if (!manifest) return;
  plan::Receipt receipt{.group = scenario_.setup.group,
                        .epoch = Epoch(epoch),
                        .manifest_sha256 = Sha256Hex(*text->second.bytes),
                        .answered = timeline_.now(),
                        .tables = {}};
  for (const plan::ManifestTable& table : manifest->tables) {
    receipt.tables.push_back({.name = table.name,
                              .source_version = table.source_version,
                              .replica_version = table.source_version,
                              .live_set = table.live_set.Fingerprint(),
                              .target = SourceWorld::TargetUri(table.name)});
  }
  trace_.Note(timeline_.now(), "trouble", "forges " + path);
  staging.Set(path, plan::WriteReceipt(receipt));
  facts_.forged.insert(epoch);
}

}  // namespace lakeferry::sim
