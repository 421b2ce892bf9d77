#include "engine/staging/staging_area.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "async/offload.h"
#include "base/check.h"
#include "base/digest.h"
#include "engine/copy/object_copy.h"
#include "env/store_calls.h"
#include "plan/document/read_back.h"

namespace lakeferry::engine {
namespace {

// Smaller ones are read in place: handing them to the pool costs more.
constexpr size_t kSmallPartBytes = KeptTexts::kTextBytesMax;

// What lies in the place of a document. Of what is longer than any document can be, `cut_short`: so much as tells that
// and gives it a digest, the same for whoever reads it.
Task<Result<std::string>> GetDocument(Call call, ObjectStore& store, ObjectPath path, size_t limit_bytes,
                                      bool cut_short) {
  Result<std::string> whole = co_await store.Get(call, path, limit_bytes);
  if (!cut_short || whole || whole.error().code != ErrorCode::kCorruptData) co_return whole;
  LF_CO_TRY(const std::unique_ptr<OpenObject> object, co_await store.Open(call, path));
  std::string first(limit_bytes + 1, '\0');
  LF_CO_TRY(const size_t got, co_await object->Read(call, 0, first));
  first.resize(got);
  co_return first;
}

// Two answers to one epoch say the same when they differ in nothing but when and how long.
bool SameAnswer(const plan::Receipt& a, const plan::Receipt& b) {
  return a.group == b.group && a.epoch == b.epoch && a.manifest_sha256 == b.manifest_sha256 && a.applied == b.applied;
}

// Whoever wrote a part, it is what the manifest names: what is wrong with its content stays wrong until it is staged
// anew.
Error AsContent(Error error) {
  switch (error.code) {
    case ErrorCode::kCorruptLog:
    case ErrorCode::kRefused:
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kUnsupportedTable: error.code = ErrorCode::kCorruptData; break;
    default: break;
  }
  return error;
}

Status CheckPart(std::string_view text, const plan::ManifestPart& part, std::string_view where) {
  const auto lines = std::ranges::count(text, '\n');
  if (std::ssize(text) == part.bytes && lines == part.lines && Sha256Hex(text) == part.sha256) return {};
  return Fail(ErrorCode::kCorruptData, "a part of the manifest is not the one it names", std::string(where));
}

}  // namespace

Result<StagedEpoch> StagedObject::TakeEpoch() && {
  LF_CHECK(has_live_sets, "an epoch is read whole");
  LF_TRY(plan::Manifest whole, std::move(manifest));
  return StagedEpoch{.manifest = std::move(whole), .sha256 = std::move(sha256)};
}

bool Refuses(const std::optional<plan::Receipt>& receipt, const StagedObject& object) {
  return receipt && !receipt->applied && receipt->manifest_sha256 == object.sha256;
}

std::string StagingArea::Where(const ObjectPath& path) const {
  return fmt::format("{}/{}", store_->uri(), path.text());
}

Task<Result<std::vector<Epoch>>> StagingArea::EpochsAfter(Call call, Epoch after) const {
  const std::string start = after.value() == 0 ? std::string() : plan::StagingLayout::Number(after);
  LF_CO_TRY(const Listing listing, co_await ListAll(call, *store_, layout_.Epochs(), start));
  std::vector<Epoch> epochs;
  for (const ObjectPath& folder : listing.folders) {
    const auto epoch = plan::StagingLayout::ParseNumber(folder.name());
    if (epoch && *epoch > after) epochs.push_back(*epoch);
  }
  co_return epochs;
}

Task<Result<StagingArea::PartText>> StagingArea::DocumentAt(Call call, ObjectPath path, size_t limit_bytes,
                                                            bool cut_short) const {
  if (PartText kept = documents_.Find(path.text())) co_return kept;
  LF_CO_TRY(std::string read, co_await GetDocument(call, *store_, path, limit_bytes, cut_short));
  auto text = std::make_shared<const std::string>(std::move(read));
  documents_.Keep(path.text(), text);
  co_return text;
}

// Null for none.
Task<Result<StagingArea::PartText>> StagingArea::ManifestText(Call call, Epoch epoch) const {
  Result<PartText> read = co_await DocumentAt(call, layout_.Manifest(epoch), plan::kManifestBytesMax, true);
  if (!read && read.error().code == ErrorCode::kNotFound) co_return PartText();
  co_return read;
}

Task<Result<std::optional<std::string>>> StagingArea::DigestOf(Call call, Epoch epoch) const {
  LF_CO_TRY(const PartText text, co_await ManifestText(call, epoch));
  co_return text ? std::optional(plan::DocumentDigest(*text)) : std::nullopt;
}

Task<Result<std::optional<StagedObject>>> StagingArea::Look(Call call, Epoch epoch) const {
  const ObjectPath path = layout_.Manifest(epoch);
  LF_CO_TRY(const PartText read, co_await ManifestText(call, epoch));
  if (!read) co_return std::optional<StagedObject>();
  const std::string& text = *read;
  StagedObject object{.epoch = epoch, .sha256 = plan::DocumentDigest(text), .manifest = ManifestIn(text, path)};
  // Of what nobody trusted has signed nothing is believed, not even that it is damaged.
  if (!object.manifest && object.manifest.error().code == ErrorCode::kRefused) {
    co_return std::unexpected(object.manifest.error());
  }
  if (object.manifest) LF_CO_TRY_OK(CheckPlace(*object.manifest, epoch, path));
  co_return object;
}

Result<plan::Manifest> StagingArea::ManifestIn(std::string_view text, const ObjectPath& path) const {
  if (text.size() > plan::kManifestBytesMax) {
    // Whoever signed its begin, nobody reads on to see what was signed.
    return Fail(keys_.trusted.empty() ? ErrorCode::kCorruptLog : ErrorCode::kRefused,
                fmt::format("the manifest has more than {} bytes", plan::kManifestBytesMax), Where(path),
                "find out who wrote it: no sender does");
  }
  LF_TRY(const std::string_view body, Opened(plan::DocumentKind::kManifest, text, path));
  return plan::ReadManifest(body, Where(path));
}

Status StagingArea::CheckPlace(const plan::Manifest& manifest, Epoch epoch, const ObjectPath& path) const {
  if (manifest.group != group_ || manifest.epoch != epoch) {
    return Fail(ErrorCode::kCorruptLog,
                fmt::format("the manifest is that of epoch {} of group '{}'", manifest.epoch.value(), manifest.group),
                Where(path), "somebody copied or moved objects in the staging location: restore them");
  }
  if (manifest.generation > generation_) {
    return Fail(ErrorCode::kRefused,
                fmt::format("the manifest is of generation {}, and this side works in {}", manifest.generation.value(),
                            generation_.value()),
                Where(path), "the group was taken over: stop this side, or give it the configuration of whoever did");
  }
  if (keys_.trusted.empty() || manifest.staging == name_) return {};
  return Fail(
      ErrorCode::kRefused,
      fmt::format("the manifest was signed for the staging location '{}', and this is '{}'", manifest.staging, name_),
      Where(path), "find out who copied it; if both are one place, give it the same sync_location_name on both sides");
}

Task<Result<std::optional<StagedEpoch>>> StagingArea::Read(Call call, Epoch epoch) const {
  LF_CO_TRY(std::optional<StagedObject> object, co_await Look(call, epoch));
  if (!object) co_return std::optional<StagedEpoch>();
  co_return (*std::move(object)).TakeEpoch();
}

Task<Result<std::optional<StagedEpoch>>> StagingArea::ReadSound(Call call, Epoch epoch) const {
  LF_CO_TRY(std::optional<StagedObject> object, co_await Look(call, epoch));
  if (!object || object->unreadable()) co_return std::optional<StagedEpoch>();
  co_return (*std::move(object)).TakeEpoch();
}

Result<std::string_view> StagingArea::Opened(plan::DocumentKind kind, std::string_view text,
                                             const ObjectPath& path) const {
  Result<plan::Document> document = plan::ReadDocument(text, Where(path));
  // Before anything of it is believed, or parsed; what is no document is signed by nobody.
  if (!document && !keys_.trusted.empty()) document.error().code = ErrorCode::kRefused;
  LF_TRY_OK(document);
  if (!keys_.trusted.empty()) LF_TRY_OK(plan::CheckSigned(kind, *document, keys_.trusted, Where(path)));
  return document->body;
}

Result<std::string> StagingArea::Sealed(plan::DocumentKind kind, std::string body) const {
  if (!keys_.own && keys_.trusted.empty()) return body;
  if (!keys_.own) {
    return Fail(ErrorCode::kRefused, "trusted_keys is set and signing_key is not: nothing put here would be taken",
                std::string(store_->uri()), "make a key with `lakeferry key new`, and name it as signing_key");
  }
  LF_TRY(const SigningKey key, keys_.own());
  if (!keys_.Takes(key.public_key())) {
    return Fail(ErrorCode::kRefused, "trusted_keys lacks the public key of signing_key", std::string(store_->uri()),
                fmt::format("add {}: nothing that is signed here would be taken", key.public_key().ToText()));
  }
  std::string line = plan::SignatureLine(kind, body, key);
  return std::move(body) + line;
}

Task<Status> StagingArea::ReadPart(Call call, Epoch epoch, const plan::ManifestPart& part, plan::PartSink& sink) const {
  LF_CO_TRY(const PartText text, co_await PartOf(call, epoch, part));
  const std::string where = Where(layout_.Part(epoch, part.sha256));
  auto read = [&text, &where, &sink]() -> Status {
    Status done = plan::ReadPart(*text, where, sink);
    if (!done) return std::unexpected(AsContent(std::move(done).error()));
    return {};
  };
  if (text->size() < kSmallPartBytes) co_return read();
  co_return co_await Offload(env_.cores, read);
}

Task<Result<StagingArea::PartText>> StagingArea::PartOf(Call call, Epoch epoch, plan::ManifestPart part) const {
  if (PartText kept = parts_.Find(part.sha256)) co_return kept;
  const ObjectPath path = layout_.Part(epoch, part.sha256);
  // Not more than kPartBytesMax: what is read of the manifest says no more.
  Result<std::string> read = co_await store_->Get(call, path, static_cast<size_t>(part.bytes));
  if (!read) co_return std::unexpected(AsDamage(std::move(read).error(), path));
  const auto text = std::make_shared<const std::string>(*std::move(read));
  auto check = [this, &text, &part, &path] { return CheckPart(*text, part, Where(path)); };
  Status good;
  if (text->size() < kSmallPartBytes) {
    good = check();
  } else {
    good = co_await Offload(env_.cores, check);
  }
  LF_CO_TRY_OK(good);
  parts_.Keep(part.sha256, text);
  co_return text;
}

Error StagingArea::AsDamage(Error error, const ObjectPath& path) const {
  if (error.code == ErrorCode::kNotFound) {
    return Error{
        .code = ErrorCode::kCorruptData, .message = "a staged object is missing", .where = Where(path), .remedy = {}};
  }
  if (error.code == ErrorCode::kCorruptData) error.where = Where(path);
  return error;
}

Task<Result<std::vector<Epoch>>> StagingArea::AnsweredAfter(Call call, Epoch after) const {
  const std::string start = after.value() == 0 ? std::string() : plan::StagingLayout::Number(after);
  LF_CO_TRY(const Listing listing, co_await ListAll(call, *store_, layout_.Receipts(), start));
  std::vector<Epoch> epochs;
  for (const ObjectInfo& object : listing.objects) {
    const auto epoch = plan::StagingLayout::ParseNumber(object.path.name());
    if (epoch && *epoch > after) epochs.push_back(*epoch);
  }
  co_return epochs;
}

Task<Result<Epoch>> StagingArea::NewestStaged(Call call, Epoch after) const {
  LF_CO_TRY(const std::vector<Epoch> epochs, co_await EpochsAfter(call, after));
  for (size_t i = epochs.size(); i > 0; --i) {
    const Result<ObjectInfo> there = co_await store_->Head(call, layout_.Manifest(epochs[i - 1]));
    if (there) co_return epochs[i - 1];
    if (there.error().code != ErrorCode::kNotFound) co_return std::unexpected(there.error());
  }
  co_return after;
}

Task<Result<bool>> StagingArea::Exists(Call call, ObjectPath path) const {
  const Result<ObjectInfo> info = co_await store_->Head(call, std::move(path));
  if (info) co_return true;
  if (info.error().code == ErrorCode::kNotFound) co_return false;
  co_return std::unexpected(info.error());
}

Task<Result<bool>> StagingArea::HasManifest(Call call, Epoch epoch) const {
  co_return co_await Exists(call, layout_.Manifest(epoch));
}

Task<Result<bool>> StagingArea::HasReceipt(Call call, Epoch epoch) const {
  co_return co_await Exists(call, layout_.Receipt(epoch));
}

Task<Result<std::optional<plan::Receipt>>> StagingArea::ReadReceipt(Call call, Epoch epoch) const {
  const ObjectPath path = layout_.Receipt(epoch);
  const Result<PartText> text = co_await DocumentAt(call, path, plan::kReceiptBytesMax, false);
  if (!text && text.error().code == ErrorCode::kNotFound) co_return std::optional<plan::Receipt>();
  if (!text && text.error().code == ErrorCode::kCorruptData) {
    co_return Fail(ErrorCode::kCorruptData, fmt::format("the receipt cannot be read: {}", text.error().message),
                   Where(path), "find out who wrote it; once it is deleted, the receiver puts its answer there again");
  }
  LF_CO_TRY_OK(text);
  LF_CO_TRY(const std::string_view body, Opened(plan::DocumentKind::kReceipt, **text, path));
  LF_CO_TRY(plan::Receipt receipt, plan::ReadReceipt(body, Where(path)));
  if (receipt.group == group_ && receipt.epoch == epoch) co_return receipt;
  co_return Fail(ErrorCode::kCorruptLog,
                 fmt::format("the receipt is that of epoch {} of group '{}'", receipt.epoch.value(), receipt.group),
                 Where(path), "somebody copied or moved objects in the staging location: restore them");
}

Task<Result<PutOutcome>> StagingArea::PutReceipt(Call call, plan::Receipt receipt) const {
  const ObjectPath path = layout_.Receipt(receipt.epoch);
  documents_.Drop(path.text());
  LF_CO_TRY(std::string body, plan::PublishableReceipt(receipt));
  LF_CO_TRY(std::string text, Sealed(plan::DocumentKind::kReceipt, std::move(body)));
  LF_CO_TRY(const PutOutcome outcome, co_await PutSettled(call, *answers_, path, std::move(text)));
  if (outcome == PutOutcome::kCreated) co_return outcome;
  LF_CO_TRY(const std::optional<plan::Receipt> there, co_await ReadReceipt(call, receipt.epoch));
  if (there && SameAnswer(*there, receipt)) co_return outcome;
  co_return Fail(ErrorCode::kRefused, "another receiver has answered this epoch otherwise", Where(path),
                 "two receivers work on one group: stop one of them");
}

Task<Result<PutOutcome>> StagingArea::PutReceiptOver(Call call, plan::Receipt receipt, std::string counted_not) const {
  LF_CO_TRY(const std::string there, co_await ReceiptBytes(call, receipt.epoch));
  if (there != counted_not) co_return co_await PutReceipt(call, std::move(receipt));
  LF_CO_TRY(std::string body, plan::PublishableReceipt(receipt));
  LF_CO_TRY(std::string text, Sealed(plan::DocumentKind::kReceipt, std::move(body)));
  const ObjectPath path = layout_.Receipt(receipt.epoch);
  const Status put = co_await answers_->Put(call, path, std::move(text));
  documents_.Drop(path.text());
  LF_CO_TRY_OK(put);
  co_return PutOutcome::kCreated;
}

Task<Result<std::string>> StagingArea::ReceiptBytes(Call call, Epoch epoch) const {
  Result<std::string> text = co_await store_->Get(call, layout_.Receipt(epoch), plan::kReceiptBytesMax);
  if (!text && text.error().code == ErrorCode::kNotFound) co_return std::string();
  co_return text;
}

}  // namespace lakeferry::engine
