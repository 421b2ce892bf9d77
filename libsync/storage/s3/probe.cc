#include "storage/s3/probe.h"

#include <fmt/format.h>

#include <type_traits>
#include <utility>

#include "async/both.h"
#include "base/crc64.h"
#include "storage/cloud/spoiled_signature.h"
#include "storage/s3/checksum_text.h"
#include "storage/s3/s3_fault.h"
#include "storage/s3/s3_upload.h"

namespace lakeferry::s3 {
namespace {

constexpr int kRaces = 3;
constexpr int kTriesMax = 8;  // of a step whose answer was lost

Error Inconclusive(Error error) {
  if (error.code == ErrorCode::kOutcomeUnknown) {
    error.code = ErrorCode::kUnavailable;
    error.message = "what the store does with conditions could not be found out: an answer was lost";
  }
  return error;
}

class SpoiledSigner final : public RequestSigner {
 public:
  explicit SpoiledSigner(std::shared_ptr<RequestSigner> signer) : signer_(std::move(signer)) {}

  // Its refusal says nothing against the credentials.
  Task<Result<Distrust>> Sign(Call call, HttpRequest& request, std::string region, std::string payload_hash) override {
    const auto signed_well = co_await signer_->Sign(call, request, std::move(region), std::move(payload_hash));
    LF_CO_TRY_OK(signed_well);
    SpoilSignature(request);
    co_return Distrust([] {});
  }

 private:
  const std::shared_ptr<RequestSigner> signer_;
};

class Prober {
 public:
  Prober(std::shared_ptr<S3Client> client, std::string folder)
      : client_(std::move(client)), folder_(std::move(folder)) {}

  Task<Result<Probed>> Run(Call call) {
    Result<Probed> probed = co_await Try(call);
    // Names that stay, where nothing may be deleted, are of a few bytes and in nobody's way.
    for (const std::string& key : made_) {
      ReplyBody body;
      [[maybe_unused]] const auto gone =
          co_await client_->Send(call.Unstoppable(), {.method = Method::kDelete, .key = key}, body);
    }
    co_return probed;
  }

 private:
  // The status of a write of `text` unless there is one. An answer that was lost tells nothing of the service.
  Task<Result<int>> Put(Call call, std::string key, std::string text, uint64_t crc64) {
    ReplyBody body;
    auto reply =
        co_await client_->Send(call,
                               {.method = Method::kPut,
                                .key = key,
                                .headers = {{"x-amz-checksum-crc64nvme", ChecksumText(crc64)}, {"If-None-Match", "*"}},
                                .body = text,
                                .conditional = true},
                               body);
    if (!reply) co_return std::unexpected(Inconclusive(std::move(reply).error()));
    if (reply->http.status == 403 || reply->http.status >= 500) co_return std::unexpected(ErrorOf(*reply, key));
    co_return reply->http.status;
  }
  Task<Result<int>> Put(Call call, std::string key, std::string text) {
    const uint64_t crc64 = Crc64Of(text);
    co_return co_await Put(call, std::move(key), std::move(text), crc64);
  }
  Task<Result<std::string>> Read(Call call, std::string key) {
    ReplyBody body;
    auto reply = co_await client_->Send(call, {.key = key}, body);
    LF_CO_TRY_OK(reply);
    if (reply->http.status == 404) co_return std::string();
    if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, key));
    co_return std::move(body.text);
  }
  std::string Name(std::string_view what) {
    made_.push_back(fmt::format("{}{}-{}", folder_, what, made_.size()));
    return made_.back();
  }

  // A step once more where an answer was lost; each says the same however often it is taken.
  template <typename Step>
  static std::invoke_result_t<Step> Insist(Step step) {
    auto done = co_await step();
    for (int tries = 1; tries < kTriesMax && !done && done.error().code == ErrorCode::kUnavailable; ++tries) {
      done = co_await step();
    }
    co_return done;
  }

  // A new object; its key.
  Task<Result<std::string>> PutFirst(Call call) {
    std::string key = Name("put");
    LF_CO_TRY(const int status, co_await Put(call, key, "first"));
    if (status == 200) co_return key;
    co_return Fail(ErrorCode::kInvalidArgument, fmt::format("a conditional write was answered with {}", status), key,
                   "see whether the endpoint speaks S3 with conditional writes");
  }

  Task<Result<bool>> OneOfTwo(Call call) {
    const std::string key = Name("race");
    auto [a, b] = co_await Both(Put(call, key, "a"), Put(call, key, "b"));
    LF_CO_TRY_OK(a);
    LF_CO_TRY_OK(b);
    auto text = co_await Read(call, key);
    LF_CO_TRY_OK(text);
    co_return (*a == 200) != (*b == 200) && *text == (*a == 200 ? "a" : "b");
  }

  Task<Result<bool>> OneOfTwoAlways(Call call) {
    for (int race = 0; race < kRaces; ++race) {
      LF_CO_TRY(const bool one, co_await Insist([&] { return OneOfTwo(call); }));
      if (!one) co_return false;
    }
    co_return true;
  }

  Task<Result<bool>> SumChecked(Call call) {
    LF_CO_TRY(const int wrong, co_await Put(call, Name("sum"), "text", Crc64Of("other")));
    co_return wrong >= 400;
  }

  // Of who asks for an object that is there.
  Task<Result<bool>> SignatureChecked(Call call, std::string key) {
    if (!client_->address().endpoint) co_return true;
    const auto stranger = client_->As(std::make_shared<SpoiledSigner>(client_->signer()));
    ReplyBody body;
    const auto reply = co_await stranger->Send(call, {.method = Method::kHead, .key = key}, body);
    LF_CO_TRY_OK(reply);
    // What a service says it took, and has not, it keeps from nobody.
    if (reply->ok() || reply->http.status == 404) co_return false;
    if (IsTurnedAway(reply->http.status)) co_return true;
    co_return std::unexpected(ErrorOf(*reply, key));
  }

  Task<Result<bool>> CompletionRefused(Call call, std::string taken) {
    const std::string text = "second";
    S3Upload upload(client_, taken, taken);
    LF_CO_TRY_OK(co_await upload.Begin(call));
    LF_CO_TRY_OK(co_await upload.SendPart(call, 1, text, Crc64Of(text)));
    auto outcome = co_await upload.CompleteIfAbsent(call, Crc64Of(text));
    [[maybe_unused]] const Status gone = co_await upload.Abort(call.Unstoppable());
    if (!outcome) co_return std::unexpected(Inconclusive(std::move(outcome).error()));
    co_return *outcome == PutOutcome::kExisted;
  }

  Task<Result<bool>> CopyRefused(Call call, std::string from, std::string taken) {
    ReplyBody body;
    const std::string place = CopySourceOf(client_->address(), from);
    auto reply =
        co_await client_->Send(call,
                               {.method = Method::kPut,
                                .key = taken,
                                .headers = {{"x-amz-copy-source", PercentEncode(place, true)}, {"If-None-Match", "*"}},
                                .conditional = true},
                               body);
    if (!reply) co_return std::unexpected(Inconclusive(std::move(reply).error()));
    auto text = co_await Read(call, taken);
    LF_CO_TRY_OK(text);
    co_return reply->http.status == 412 && *text == "first";
  }

  Task<Result<bool>> Shows(Call call, std::string key) {
    auto text = co_await Read(call, key);
    LF_CO_TRY_OK(text);
    ReplyBody body;
    auto reply = co_await client_->Send(call, {.query = {{"list-type", "2"}, {"prefix", key}}}, body);
    LF_CO_TRY_OK(reply);
    if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, key));
    auto listed = ReadList(body.text);
    LF_CO_TRY_OK(listed);
    co_return *text == "first" && listed->objects.size() == 1;
  }

  Task<Result<Probed>> Try(Call call) {
    Probed probed;
    LF_CO_TRY(const std::string taken, co_await Insist([&] { return PutFirst(call); }));
    LF_CO_TRY(const std::string other, co_await Insist([&] { return PutFirst(call); }));
    LF_CO_TRY(probed.shows_what_it_took, co_await Shows(call, taken));
    LF_CO_TRY(const int second, co_await Insist([&] { return Put(call, taken, "second"); }));
    LF_CO_TRY(const std::string kept, co_await Read(call, taken));
    probed.refuses_second_put = second == 412 && kept == "first";
    LF_CO_TRY(probed.one_of_two_puts, co_await OneOfTwoAlways(call));
    LF_CO_TRY(probed.checks_checksums, co_await Insist([&] { return SumChecked(call); }));
    LF_CO_TRY(probed.checks_signatures, co_await SignatureChecked(call, taken));
    LF_CO_TRY(probed.refuses_second_copy, co_await Insist([&] { return CopyRefused(call, other, taken); }));
    LF_CO_TRY(probed.refuses_second_completion, co_await Insist([&] { return CompletionRefused(call, taken); }));
    co_return probed;
  }

  const std::shared_ptr<S3Client> client_;
  const std::string folder_;
  std::vector<std::string> made_;
};

}  // namespace

Task<Result<Probed>> ProbeBucket(Call call, std::shared_ptr<S3Client> client, std::string folder) {
  Prober prober(std::move(client), std::move(folder));
  co_return co_await prober.Run(call);
}

}  // namespace lakeferry::s3
