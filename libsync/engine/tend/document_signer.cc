#include "engine/tend/document_signer.h"

#include <algorithm>
#include <utility>

#include "engine/group/store_refs.h"
#include "plan/document/read_back.h"
#include "plan/document/signed_document.h"

namespace lakeferry::engine {
namespace {

using plan::DocumentKind;

constexpr int64_t kRecordsMax = 1'000'000;

bool IsAnswered(EpochState state) { return state == EpochState::kApplied || state == EpochState::kRefused; }

// Whether the document is the one that the record tells of.
bool IsRecorded(DocumentKind kind, std::string_view body, const EpochRecord& record) {
  if (record.manifest_sha256.empty()) return false;
  if (kind == DocumentKind::kManifest) return plan::DocumentDigest(body) == record.manifest_sha256;
  const Result<plan::Receipt> receipt = plan::ReadReceipt(body, "");
  return receipt && receipt->group == record.group && receipt->epoch == record.epoch &&
         receipt->manifest_sha256 == record.manifest_sha256 &&
         receipt->applied == (record.state == EpochState::kApplied);
}

// The document with the key's signature before those of other keys that are trusted still.
std::string Resigned(DocumentKind kind, const plan::Document& document, const SigningKey& key,
                     const std::vector<PublicKey>& trusted) {
  std::string text = std::string(document.body) + plan::SignatureLine(kind, document.body, key);
  for (const plan::Signature& other : document.signatures) {
    const bool stays = other.key != key.public_key() && std::ranges::find(trusted, other.key) != trusted.end();
    if (stays) text += plan::SignatureLine(other);
  }
  return text;
}

}  // namespace

Task<Result<SignReport>> DocumentSigner::Run(Call call, Role role) const {
  if (!spec_.keys.own) {
    co_return Fail(ErrorCode::kInvalidArgument, "group '" + spec_.name + "' has no signing_key", "configuration",
                   "make a key with `lakeferry key new`, and name it as signing_key");
  }
  LF_CO_TRY(const SigningKey key, spec_.keys.own());
  LF_CO_TRY(auto store, env_.stores.Open(StagingRef(spec_, StoreRight::kWriteStaging)));
  LF_CO_TRY(const std::vector<EpochRecord> records, co_await env_.state.Epochs(call, role, spec_.name, kRecordsMax));
  SignReport report{.group = spec_.name, .role = role, .strange = {}};
  for (const EpochRecord& record : records) {
    if (role == Role::kReceiver && !IsAnswered(record.state)) continue;
    LF_CO_TRY_OK(co_await SignOne(call, *store, record, key, report));
  }
  co_return report;
}

Task<Status> DocumentSigner::SignOne(Call call, ObjectStore& store, EpochRecord record, SigningKey key,
                                     SignReport& report) const {
  const plan::StagingLayout layout(spec_.name);
  const DocumentKind kind = report.role == Role::kSender ? DocumentKind::kManifest : DocumentKind::kReceipt;
  const ObjectPath path =
      kind == DocumentKind::kManifest ? layout.Manifest(record.epoch) : layout.Receipt(record.epoch);
  const Result<std::string> text = co_await store.Get(call, path, plan::kManifestBytesMax);
  // An attempt that has no manifest yet, or somebody has tidied up.
  if (!text && text.error().code == ErrorCode::kNotFound) co_return Status{};
  LF_CO_TRY_OK(text);
  const Result<plan::Document> document = plan::ReadDocument(*text, path.text());
  if (!document || !IsRecorded(kind, document->body, record)) {
    report.strange.push_back(path.text());
    co_return Status{};
  }
  if (plan::CheckSigned(kind, *document, {key.public_key()}, path.text())) {
    ++report.signed_before;
    co_return Status{};
  }
  std::string resigned = Resigned(kind, *document, key, spec_.keys.trusted);
  LF_CO_TRY_OK(co_await store.Put(call, path, std::move(resigned)));
  ++report.signed_now;
  co_return Status{};
}

}  // namespace lakeferry::engine
