// Receipts, and the signatures that follow a document of staging. What is read is written again and reads as the same;
// no bytes are taken for signed by a key whose private half nobody has.
#include "plan/document/receipt.h"
#include "plan/document/signed_document.h"
#include "tests/fuzz/fuzz_target.h"

namespace lakeferry::fuzz {

void Try(std::string_view input) {
  static const SigningKey kKey = SigningKey::New();
  const auto document = plan::ReadDocument(input, kWhere);
  if (!document) return;
  LF_CHECK(input.starts_with(document->body), "the document comes first");
  std::string again(document->body);
  for (const plan::Signature& signature : document->signatures) again += plan::SignatureLine(signature);
  LF_CHECK(plan::ReadDocument(again, kWhere)->signatures.size() == document->signatures.size(), "it reads as it was");
  LF_CHECK(plan::DocumentDigest(again) == plan::DocumentDigest(input), "signatures do not change what is signed");
  for (const auto kind : {plan::DocumentKind::kManifest, plan::DocumentKind::kReceipt}) {
    LF_CHECK(!plan::CheckSigned(kind, *document, {kKey.public_key()}, kWhere), "nobody has signed it");
  }
  const auto receipt = plan::ReadReceipt(document->body, kWhere);
  if (!receipt) return;
  const auto back = plan::ReadReceipt(plan::WriteReceipt(*receipt), kWhere);
  LF_CHECK(back.has_value() && *back == *receipt, "a receipt reads as it was written");
}

}  // namespace lakeferry::fuzz
