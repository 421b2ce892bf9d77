// Documents of the staging protocol: manifests, receipts and parts. What can be read is written again and must read as
// the same; what the rules of an epoch let pass stays within its table.
#include "delta/deletion_vector.h"
#include "delta/file_path.h"
#include "delta/log_path.h"
#include "plan/document/manifest.h"
#include "plan/document/receipt.h"
#include "plan/rules/epoch_rules.h"
#include "tests/fuzz/fuzz_target.h"

namespace lakeferry::fuzz {
namespace {

// What must be true of each record of a part that the rules have let pass.
class Passed final : public plan::PartSink {
 public:
  explicit Passed(const plan::ObjectLedger& objects) : objects_(objects) {}

  Status OnAdd(delta::AddFile&& add) override {
    LF_CHECK(!delta::IsAbsolutePath(add.path), "an add of a clone is relative");
    const auto object = delta::ResolveInTable(add.path, {});
    LF_CHECK(object && !object->IsBelow(ObjectPath::Of(delta::kLogFolder)), "it lies in the table");
    LF_CHECK(objects_.Has(*object), "its object is brought or there");
    if (!add.deletion_vector) return {};
    const auto vector = delta::ObjectOf(*add.deletion_vector);
    LF_CHECK(vector && (!*vector || objects_.Has(**vector)), "its vector is brought or there");
    return {};
  }
  Status OnRemove(delta::RemoveFile&& remove) override {
    LF_CHECK(!delta::IsAbsolutePath(remove.path), "a remove of a clone is relative");
    return {};
  }
  Status OnFile(plan::StagedFile&& file) override {
    LF_CHECK(!file.path.IsBelow(ObjectPath::Of(delta::kLogFolder)), "no file goes into the log");
    LF_CHECK(file.staged.IsBelow(ObjectPath::Of("g/data/00000000000000000001/t")), "it was staged for the table");
    return {};
  }

 private:
  const plan::ObjectLedger& objects_;
};

void TryRules(std::string_view input, delta::ReplicationMode mode) {
  plan::Manifest manifest;
  manifest.group = "g";
  manifest.epoch = Epoch(1);
  manifest.mode = mode;
  const plan::ManifestTable table{
      .name = "t", .source_version = Version(2), .base_version = Version(1), .checkpoint_version = {}, .parts = {}};
  plan::EpochRules rules(manifest, table, 1);
  rules.NextPart("part");
  if (!plan::ReadPart(input, kWhere, rules)) return;
  static_cast<void>(rules.Finish());
  if (rules.LacksObjects()) {
    rules.LookForMissing();
    rules.NextPart("part");
    LF_CHECK(!plan::ReadPart(input, kWhere, rules), "what is missing is named");
    return;
  }
  Passed passed(rules.objects());
  LF_CHECK(plan::ReadPart(input, kWhere, passed).has_value(), "a part that was read is read again");
}

}  // namespace

void Try(std::string_view input) {
  if (const auto manifest = plan::ReadManifest(input, kWhere)) {
    const auto again = plan::ReadManifest(plan::WriteManifest(*manifest), kWhere);
    LF_CHECK(again.has_value() && *again == *manifest, "a manifest reads as it was written");
  }
  if (const auto receipt = plan::ReadReceipt(input, kWhere)) {
    const auto again = plan::ReadReceipt(plan::WriteReceipt(*receipt), kWhere);
    LF_CHECK(again.has_value() && *again == *receipt, "a receipt reads as it was written");
  }
  plan::PartSink sink;
  static_cast<void>(plan::ReadPart(input, kWhere, sink));
  TryRules(input, delta::ReplicationMode::kClone);
  TryRules(input, delta::ReplicationMode::kMirror);
}

}  // namespace lakeferry::fuzz
