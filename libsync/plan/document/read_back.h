// What is published is read back first, as the other side will read it: a document that it cannot take, or that says
// another thing than was meant, is an error of whoever writes it, and nothing is published. Pure.
#pragma once

#include <string>
#include <string_view>

#include "plan/document/document_sizes.h"
#include "plan/document/manifest.h"
#include "plan/document/receipt.h"

namespace lakeferry::plan {

// The bytes of the manifest. kUnsupportedTable for more than kManifestBytesMax with room for signatures, and, naming
// what cannot be read, where its reader would not get the same value out of them.
[[nodiscard]] Result<std::string> PublishableManifest(const Manifest& manifest);

// The bytes of the receipt, with its reason as it can be shown (base/shown_text.h). kCorruptLog as above, and for one
// beyond kReceiptBytesMax.
[[nodiscard]] Result<std::string> PublishableReceipt(Receipt receipt);

// One line of a part, without its end: kUnsupportedTable where it is longer than delta::kPartLineBytesMax.
[[nodiscard]] Status CheckPartLine(std::string_view line);

}  // namespace lakeferry::plan
