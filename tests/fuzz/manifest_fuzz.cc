// Documents of the staging protocol: manifests, receipts and parts. What can be read is written again and must read as
// the same.
#include "plan/manifest.h"
#include "tests/fuzz/fuzz_target.h"

namespace lakeferry::fuzz {

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
}

}  // namespace lakeferry::fuzz
