// StagingArea: one group's part of a staging location, as both roles use it: manifests, their parts, receipts.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "engine/copy/object_copy.h"
#include "engine/environment.h"
#include "engine/staging/kept_texts.h"
#include "env/object_store.h"
#include "plan/document/manifest.h"
#include "plan/document/receipt.h"
#include "plan/document/staging_layout.h"
#include "plan/group/route.h"

namespace lakeferry::engine {

// A manifest and the digest that the next one chains to (plan::DocumentDigest).
struct StagedEpoch {
  plan::Manifest manifest;
  std::string sha256;
};

// What lies in the place of an epoch's manifest.
struct StagedObject {
  Epoch epoch;
  // plan::DocumentDigest of its bytes, whatever they say; of no more than plan::kManifestBytesMax of them and one more.
  std::string sha256;
  // kCorruptLog where they are no manifest of this format; kUnsupportedTable for a newer one.
  Result<plan::Manifest> manifest;
  // False: the live sets of its tables were given back (SenderPosition), and stand there as empty ones.
  bool has_live_sets = true;

  // Its manifest with its digest; the error of what cannot be read.
  [[nodiscard]] Result<StagedEpoch> TakeEpoch() &&;
  // Never to be read: no wait and no upgrade helps.
  [[nodiscard]] bool unreadable() const { return !manifest && manifest.error().code == ErrorCode::kCorruptLog; }
};

// Whether a receipt refuses just what lies there.
[[nodiscard]] bool Refuses(const std::optional<plan::Receipt>& receipt, const StagedObject& object);

// `env` and the store must outlive its tasks.
class StagingArea {
 public:
  // `store`: rooted at the site. `answers`: the same, for whoever only writes receipts; null: they go through `store`.
  StagingArea(std::shared_ptr<ObjectStore> store, plan::StagingSite site, const Environment& env,
              std::shared_ptr<ObjectStore> answers = nullptr)
      : store_(std::move(store)),
        answers_(answers ? std::move(answers) : store_),
        group_(std::move(site.group)),
        name_(std::move(site.name)),
        keys_(std::move(site.keys)),
        generation_(site.generation),
        layout_(group_),
        env_(env) {}

  [[nodiscard]] ObjectStore& store() const { return *store_; }
  [[nodiscard]] const std::string& group() const { return group_; }
  [[nodiscard]] const plan::StagingLayout& layout() const { return layout_; }
  // What this side's parts say of staged objects: where it signs them, their SHA-256 as well.
  [[nodiscard]] Hashing hashing() const { return keys_.own ? Hashing::kSha256 : Hashing::kCrc64; }
  // Whether the parts that are read have to say it.
  [[nodiscard]] bool asks_for_sha256() const { return !keys_.trusted.empty(); }

  // Numbers of epochs after `after` that have a folder, ascending; one whose staging is under way has no manifest yet.
  Task<Result<std::vector<Epoch>>> EpochsAfter(Call call, Epoch after) const;
  // Absent where the epoch has no manifest (yet). kCorruptLog for a manifest that names another group or epoch;
  // kRefused for one of a later generation than this side's. Where the configuration asks for signatures, kRefused for
  // one that nobody trusted has signed for this very location; so with receipts.
  Task<Result<std::optional<StagedObject>>> Look(Call call, Epoch epoch) const;
  // What Look calls sha256, for who knows what it has to be and has read it before; absent for none.
  Task<Result<std::optional<std::string>>> DigestOf(Call call, Epoch epoch) const;
  // The same, of what can be read; its errors else.
  Task<Result<std::optional<StagedEpoch>>> Read(Call call, Epoch epoch) const;
  // The same of an epoch before, which may have been refused because it cannot be read: then absent too.
  Task<Result<std::optional<StagedEpoch>>> ReadSound(Call call, Epoch epoch) const;
  // What is put for a document: with this side's signature, where it has a key. kInvalidArgument for a key that cannot
  // be read, kRefused where this side itself would not take what it signs.
  [[nodiscard]] Result<std::string> Sealed(plan::DocumentKind kind, std::string body) const;
  // Reads one part into `sink`; kCorruptData where it is missing, its bytes are not those the manifest names, or what
  // it holds cannot be read.
  Task<Status> ReadPart(Call call, Epoch epoch, const plan::ManifestPart& part, plan::PartSink& sink) const;

  // While it lives, small parts that are read are kept, some MiB of them: those of an epoch are read several times.
  // One at a time.
  class KeptParts {
   public:
    explicit KeptParts(const StagingArea& staging) : staging_(staging) { staging_.parts_.Begin(); }
    ~KeptParts() { staging_.parts_.End(); }
    KeptParts(const KeptParts&) = delete;
    KeptParts& operator=(const KeptParts&) = delete;

   private:
    const StagingArea& staging_;
  };

  // The same of manifests and receipts, for a pass: whoever asks again within it is told what was there. `staging`
  // outlives it; one at a time.
  class KeptDocuments {
   public:
    explicit KeptDocuments(const StagingArea& staging) : staging_(staging) { staging_.documents_.Begin(); }
    ~KeptDocuments() { staging_.documents_.End(); }
    KeptDocuments(const KeptDocuments&) = delete;
    KeptDocuments& operator=(const KeptDocuments&) = delete;

   private:
    const StagingArea& staging_;
  };

  // A staged object that a manifest names and that is missing or wrong is one case, kCorruptData that names it: only
  // staging it again helps. Any other error comes back as it is.
  [[nodiscard]] Error AsDamage(Error error, const ObjectPath& path) const;

  // Numbers of epochs after `after` that have a receipt, ascending, whatever it says.
  Task<Result<std::vector<Epoch>>> AnsweredAfter(Call call, Epoch after) const;
  // The newest of the epochs from `after` on that has a manifest; `after` where none has.
  Task<Result<Epoch>> NewestStaged(Call call, Epoch after) const;
  // Whether something lies where the epoch's manifest, or its receipt, belongs: one request.
  Task<Result<bool>> HasManifest(Call call, Epoch epoch) const;
  Task<Result<bool>> HasReceipt(Call call, Epoch epoch) const;
  // Absent where there is none. kCorruptLog for a receipt that names another group or epoch.
  Task<Result<std::optional<plan::Receipt>>> ReadReceipt(Call call, Epoch epoch) const;
  // Puts it unless the epoch has one, which is kExisted; kRefused where another receiver answered otherwise.
  Task<Result<PutOutcome>> PutReceipt(Call call, plan::Receipt receipt) const;
  // The same, over one that was found not to count, if that is still what lies there.
  Task<Result<PutOutcome>> PutReceiptOver(Call call, plan::Receipt receipt, std::string counted_not) const;
  // The bytes of a receipt, for those who do not believe it; empty where there is none.
  Task<Result<std::string>> ReceiptBytes(Call call, Epoch epoch) const;

 private:
  [[nodiscard]] std::string Where(const ObjectPath& path) const;
  Task<Result<bool>> Exists(Call call, ObjectPath path) const;
  [[nodiscard]] Result<plan::Manifest> ManifestIn(std::string_view text, const ObjectPath& path) const;
  // That it is of this group, this epoch and, where signatures are asked for, this location.
  [[nodiscard]] Status CheckPlace(const plan::Manifest& manifest, Epoch epoch, const ObjectPath& path) const;
  // The document's own line, once it is known who signed it, if that is asked for.
  [[nodiscard]] Result<std::string_view> Opened(plan::DocumentKind kind, std::string_view text,
                                                const ObjectPath& path) const;

  using PartText = KeptTexts::Text;
  // What lies in the place of a document, kept or not. `cut_short`: of one that is too long, no more than tells that;
  // else it is kCorruptData. Errors: the store's.
  Task<Result<PartText>> ManifestText(Call call, Epoch epoch) const;
  Task<Result<PartText>> DocumentAt(Call call, ObjectPath path, size_t limit_bytes, bool cut_short) const;
  // The text, which is what the manifest names; errors as of ReadPart.
  Task<Result<PartText>> PartOf(Call call, Epoch epoch, plan::ManifestPart part) const;

  mutable KeptTexts parts_;      // by SHA-256
  mutable KeptTexts documents_;  // by path
  std::shared_ptr<ObjectStore> store_;
  std::shared_ptr<ObjectStore> answers_;
  std::string group_;
  std::string name_;
  plan::DocumentKeys keys_;
  Generation generation_;
  plan::StagingLayout layout_;
  const Environment& env_;
};

}  // namespace lakeferry::engine
