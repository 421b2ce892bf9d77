#include "storage/gcs/gcs_probe.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "base/crc32c.h"
#include "storage/cloud/spoiled_signature.h"
#include "storage/cloud/store_prober.h"
#include "storage/gcs/gcs_fault.h"
#include "storage/gcs/gcs_store.h"
#include "storage/gcs/gcs_upload.h"

namespace lakeferry::gcs {
namespace {

class SpoiledSigner final : public RequestSigner {
 public:
  explicit SpoiledSigner(std::shared_ptr<RequestSigner> signer) : signer_(std::move(signer)) {}

  // Its refusal says nothing against the token.
  Task<Result<Distrust>> Sign(Call call, HttpRequest& request) override {
    const auto signed_well = co_await signer_->Sign(std::move(call), request);
    LF_CO_TRY_OK(signed_well);
    SpoilSignature(request);
    co_return Distrust([] {});
  }

 private:
  const std::shared_ptr<RequestSigner> signer_;
};

class BucketQuestions final : public ProbeQuestions {
 public:
  BucketQuestions(std::shared_ptr<GcsClient> client, const std::string& folder)
      : client_(std::move(client)), keys_(folder, folder) {}

  Task<Result<bool>> RefusesWrongChecksum(Call call, ObjectPath path) override {
    const UploadBody upload = MakeUploadBody(keys_.KeyOf(path), "text", Crc32cOf("other"));
    ReplyBody body;
    const auto reply = co_await client_->Send(call,
                                              {.method = Method::kPost,
                                               .path = UploadsPath(client_->address().bucket),
                                               .query = {{"uploadType", "multipart"}},
                                               .headers = {{"Content-Type", upload.content_type}},
                                               .body = upload.bytes},
                                              body);
    if (!reply) co_return FailAt(reply.error(), keys_.Where(path));
    const int status = reply->http.status;
    if (status == 401 || status == 403 || status >= 500) {
      co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
    }
    co_return !reply->ok();
  }

  Task<Result<bool>> RefusesWrongSignature(Call call, ObjectPath path) override {
    const auto stranger = client_->As(std::make_shared<SpoiledSigner>(client_->signer()));
    ReplyBody body;
    const auto reply = co_await stranger->Send(call, {.path = client_->PathOf(keys_.KeyOf(path))}, body);
    if (!reply) co_return FailAt(reply.error(), keys_.Where(path));
    // What a service says it took, and has not, it keeps from nobody.
    if (reply->ok() || reply->http.status == 404) co_return false;
    if (IsTurnedAway(reply->http.status)) co_return true;
    co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
  }

 private:
  const std::shared_ptr<GcsClient> client_;
  const KeySpace keys_;
};

}  // namespace

Task<Result<Probed>> ProbeBucket(Call call, std::shared_ptr<GcsClient> client, std::string folder) {
  GcsStore store(fmt::format("gs://{}/{}", client->address().bucket, folder), folder, client,
                 {.part_bytes = kChunkStep});
  BucketQuestions questions(client, folder);
  co_return co_await ProbeStore(std::move(call), store, questions);
}

}  // namespace lakeferry::gcs
