#include "plan/document/signed_document.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/base64.h"
#include "base/digest.h"
#include "json/reader.h"
#include "plan/document/document_sizes.h"

namespace lakeferry::plan {
namespace {

// More than any rotation needs; each costs a look at the curve.
constexpr size_t kSignaturesMax = 16;

std::string_view NameOf(DocumentKind kind) { return kind == DocumentKind::kManifest ? "manifest" : "receipt"; }

// What is signed: the kind comes first, so that no document of one kind is one of the other.
std::string Message(DocumentKind kind, std::string_view body) {
  return fmt::format("lakeferry {}\n{}", NameOf(kind), body);
}

std::string_view FirstLine(std::string_view text) {
  const size_t end = text.find('\n');
  return end == std::string_view::npos ? text : text.substr(0, end + 1);
}

std::unexpected<Error> NoSignature(std::string_view where) {
  return Fail(ErrorCode::kCorruptLog, "what follows the document's line is no signature", std::string(where));
}

Result<Signature> ReadSignature(std::string_view line, std::string_view where) {
  json::Reader reader(kManifestBytesMax);
  const auto read = reader.Read(line, "a signature", where);
  if (!read) return NoSignature(where);
  LF_TRY(const json::Fields fields, read->Object("signature"));
  LF_TRY(const std::string key, fields.String("key"));
  LF_TRY(const std::string value, fields.String("value"));
  const std::optional<PublicKey> public_key = PublicKey::FromText(key);
  std::optional<std::string> bytes = FromBase64(value);
  if (!public_key || !bytes) return NoSignature(where);
  return Signature{.key = *public_key, .value = *std::move(bytes)};
}

}  // namespace

bool DocumentKeys::Takes(const PublicKey& key) const {
  return trusted.empty() || std::ranges::find(trusted, key) != trusted.end();
}

Result<Document> ReadDocument(std::string_view text, std::string_view where) {
  Document document{.body = FirstLine(text), .signatures = {}};
  std::string_view rest = text.substr(document.body.size());
  while (!rest.empty()) {
    const std::string_view line = FirstLine(rest);
    if (document.signatures.size() == kSignaturesMax) return NoSignature(where);
    LF_TRY(Signature signature, ReadSignature(line, where));
    document.signatures.push_back(std::move(signature));
    rest.remove_prefix(line.size());
  }
  return document;
}

std::string DocumentDigest(std::string_view text) { return Sha256Hex(FirstLine(text)); }

std::string SignatureLine(DocumentKind kind, std::string_view body, const SigningKey& key) {
  return SignatureLine(Signature{.key = key.public_key(), .value = key.Sign(Message(kind, body))});
}

std::string SignatureLine(const Signature& signature) {
  // Base64 needs no escapes.
  return fmt::format("{{\"signature\":{{\"key\":\"{}\",\"value\":\"{}\"}}}}\n", signature.key.ToText(),
                     ToBase64(signature.value));
}

Status CheckSigned(DocumentKind kind, const Document& document, const std::vector<PublicKey>& trusted,
                   std::string_view where) {
  const std::string message = Message(kind, document.body);
  std::string signers;
  for (const Signature& signature : document.signatures) {
    const bool is_trusted = std::ranges::find(trusted, signature.key) != trusted.end();
    if (is_trusted && signature.key.Verifies(message, signature.value)) return {};
    signers += fmt::format("{}{}", signers.empty() ? "" : ", ",
                           is_trusted ? "a trusted key, for other bytes" : signature.key.ToText());
  }
  return Fail(ErrorCode::kRefused,
              signers.empty()
                  ? fmt::format("the {} is not signed, and trusted_keys asks for it", NameOf(kind))
                  : fmt::format("the {} is signed by none of trusted_keys, but by {}", NameOf(kind), signers),
              std::string(where),
              "find out who wrote it; if it was the other side, list its public key (`lakeferry key show` there), and "
              "let it sign what it wrote before (`lakeferry key sign`)");
}

}  // namespace lakeferry::plan
