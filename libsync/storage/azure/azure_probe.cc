#include "storage/azure/azure_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/crc64.h"
#include "storage/azure/azure_blocks.h"
#include "storage/azure/azure_fault.h"
#include "storage/azure/azure_store.h"
#include "storage/azure/azure_writer.h"
#include "storage/cloud/spoiled_signature.h"
#include "storage/cloud/store_prober.h"

namespace lakeferry::azure {
namespace {

constexpr size_t kTriedBlockBytes = 4;
constexpr std::array<std::string_view, 6> kClouds{".core.windows.net",       ".core.chinacloudapi.cn",
                                                  ".core.usgovcloudapi.net", ".core.cloudapi.de",
                                                  ".storage.azure.net",      ".fabric.microsoft.com"};

class SpoiledSigner final : public RequestSigner {
 public:
  explicit SpoiledSigner(std::shared_ptr<RequestSigner> signer) : signer_(std::move(signer)) {}

  // Its refusal says nothing against the credentials.
  Task<Result<Distrust>> Sign(Call call, HttpRequest& request) override {
    const auto signed_well = co_await signer_->Sign(std::move(call), request);
    LF_CO_TRY_OK(signed_well);
    SpoilSignature(request);
    co_return Distrust([] {});
  }
  Task<Status> SignSource(Call, HttpRequest&, std::string, std::string) override {
    co_return Fail(ErrorCode::kInternal, "nothing is copied with a wrong signature");
  }

 private:
  const std::shared_ptr<RequestSigner> signer_;
};

class ContainerQuestions final : public ProbeQuestions {
 public:
  ContainerQuestions(std::shared_ptr<AzureClient> client, const std::string& folder)
      : client_(std::move(client)), keys_(folder, folder) {}

  // Of a blob and of a block: each guards what is sent by it.
  Task<Result<bool>> RefusesWrongChecksum(Call call, ObjectPath path) override {
    Headers headers = NewBlobHeaders(Crc64Of(kText));
    headers.Add("x-ms-blob-type", "BlockBlob");
    LF_CO_TRY(const bool blob, co_await Refuses(call, path, {}, std::move(headers)));
    LF_CO_TRY(const bool block,
              co_await Refuses(call, path, {{"comp", "block"}, {"blockid", BlockId(client_->RandomNumber(), 0)}}, {}));
    co_return blob&& block;
  }

  Task<Result<bool>> RefusesWrongSignature(Call call, ObjectPath path) override {
    const auto stranger = client_->As(std::make_shared<SpoiledSigner>(client_->signer()));
    ReplyBody body;
    const auto reply = co_await stranger->Send(call, {.method = Method::kHead, .blob = keys_.KeyOf(path)}, body);
    if (!reply) co_return FailAt(reply.error(), keys_.Where(path));
    // What a service says it took, and has not, it keeps from nobody.
    if (reply->ok() || reply->http.status == 404) co_return false;
    if (IsTurnedAway(reply->http.status)) co_return true;
    co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
  }

 private:
  static constexpr std::string_view kText = "text";
  using Query = std::vector<std::pair<std::string, std::string>>;

  Task<Result<bool>> Refuses(Call call, ObjectPath path, Query query, Headers headers) {
    headers.Add("x-ms-content-crc64", ContentCrc64(Crc64Of("other")));
    ReplyBody body;
    const auto reply = co_await client_->Send(call,
                                              {.method = Method::kPut,
                                               .blob = keys_.KeyOf(path),
                                               .query = std::move(query),
                                               .headers = std::move(headers),
                                               .body = kText},
                                              body);
    if (!reply) co_return FailAt(reply.error(), keys_.Where(path));
    const int status = reply->http.status;
    if (status == 403 || status >= 500) co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
    co_return !reply->ok();
  }

  const std::shared_ptr<AzureClient> client_;
  const KeySpace keys_;
};

}  // namespace

bool IsAzure(const ContainerAddress& address) {
  return address.base.empty() &&
         std::ranges::any_of(kClouds, [&](std::string_view cloud) { return address.endpoint.host.ends_with(cloud); });
}

Task<Result<Probed>> ProbeContainer(Call call, std::shared_ptr<AzureClient> client, std::string folder) {
  AzureStore store(fmt::format("az://{}/{}", client->address().container, folder), folder, client,
                   {.part_bytes_min = kTriedBlockBytes});
  ContainerQuestions questions(client, folder);
  co_return co_await ProbeStore(std::move(call), store, questions);
}

}  // namespace lakeferry::azure
