// Who wrote a manifest or a receipt (PROTOCOL.md section 7): the document is the first line, and each line after it one
// signature of that line. What chains manifests is the digest of the first line alone, so that a signature can be added
// to what stands already, as when a key follows another.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/signature.h"

namespace lakeferry::plan {

// What one side signs its documents with, and asks of those that it reads.
struct DocumentKeys {
  // Reads this side's private key, where something is to be published. Null: nothing is signed.
  std::function<Result<SigningKey>()> own;
  std::string own_place;           // where that is, for people
  std::vector<PublicKey> trusted;  // a document must be signed by one of them; empty: by nobody

  // Whether what the key signs would be taken here.
  [[nodiscard]] bool Takes(const PublicKey& key) const;
};

// A signature is for one of them: a receipt is never taken for a manifest.
enum class DocumentKind { kManifest, kReceipt };

struct Signature {
  PublicKey key;
  std::string value;  // raw bytes
};

struct Document {
  std::string_view body;  // the first line, with its line end
  std::vector<Signature> signatures;
};

// `text` must outlive the answer. kCorruptLog where what follows the first line is no signature.
[[nodiscard]] Result<Document> ReadDocument(std::string_view text, std::string_view where);

// SHA-256 in hex of the first line: what chains manifests, and what a receipt answers. Needs no readable document.
[[nodiscard]] std::string DocumentDigest(std::string_view text);

// The line to put after `body`, which ends with its line end.
[[nodiscard]] std::string SignatureLine(DocumentKind kind, std::string_view body, const SigningKey& key);
// A signature as it was read.
[[nodiscard]] std::string SignatureLine(const Signature& signature);

// kRefused unless one of `trusted` signed the document, naming the keys that did.
[[nodiscard]] Status CheckSigned(DocumentKind kind, const Document& document, const std::vector<PublicKey>& trusted,
                                 std::string_view where);

}  // namespace lakeferry::plan
