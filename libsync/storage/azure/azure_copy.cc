#include "storage/azure/azure_copy.h"

#include <utility>

#include "storage/azure/azure_fault.h"

namespace lakeferry::azure {
namespace {

constexpr Millis kLook{500};

std::string CopyStatus(const AzureReply& reply) {
  return std::string(reply.http.headers.Find("x-ms-copy-status").value_or(""));
}

}  // namespace

Task<Result<AzureReply>> AzureCopy::Ask(Call call, ObjectAddress from, bool at_once) {
  AzureRequest request{.method = Method::kPut,
                       .blob = blob_,
                       .headers = {{"x-ms-source-if-match", from.etag}, {"If-None-Match", "*"}},
                       .conditional = true,
                       .copy_from = from.place};
  if (at_once) request.headers.Add("x-ms-requires-sync", "true");
  ReplyBody body;
  auto reply = co_await client_->Send(call, std::move(request), body);
  if (!reply) co_return FailAt(reply.error(), where_);
  co_return reply;
}

Task<Result<AzureReply>> AzureCopy::LookAt(Call call) {
  ReplyBody body;
  auto reply = co_await client_->Send(call, {.method = Method::kHead, .blob = blob_}, body);
  if (!reply) co_return FailAt(reply.error(), where_);
  co_return reply;
}

Task<Result<CopyOutcome>> AzureCopy::WhichCondition(Call call, AzureReply refusal) {
  if (refusal.fault.code == "BlobAlreadyExists") co_return CopyOutcome::kExisted;
  const auto there = co_await LookAt(call);
  LF_CO_TRY_OK(there);
  if (there->ok()) co_return CopyOutcome::kExisted;
  if (there->http.status == 404) co_return CopyOutcome::kNotPossible;
  co_return std::unexpected(ErrorOf(*there, where_));
}

Task<Result<CopyOutcome>> AzureCopy::Run(Call call, ObjectAddress from) {
  auto reply = co_await Ask(call, from, true);
  LF_CO_TRY_OK(reply);
  if (reply->ok()) co_return CopyOutcome::kCreated;
  if (reply->http.status == 412 || SaysExists(*reply)) co_return co_await WhichCondition(call, *std::move(reply));
  // We may not read there, or it is gone.
  const bool denied = reply->http.status == 401 || reply->http.status == 403 || reply->http.status == 404;
  if (denied) co_return CopyOutcome::kNotPossible;
  co_return co_await Later(call, std::move(from));
}

Task<Result<CopyOutcome>> AzureCopy::Later(Call call, ObjectAddress from) {
  auto reply = co_await Ask(call, std::move(from), false);
  LF_CO_TRY_OK(reply);
  if (reply->http.status == 412 || SaysExists(*reply)) co_return co_await WhichCondition(call, *std::move(reply));
  if (!reply->ok()) co_return CopyOutcome::kNotPossible;
  if (CopyStatus(*reply) == "success") co_return CopyOutcome::kCreated;
  co_return co_await WaitFor(call, std::string(reply->http.headers.Find("x-ms-copy-id").value_or("")));
}

Task<Result<CopyOutcome>> AzureCopy::WaitFor(Call call, std::string copy_id) {
  while (true) {
    co_await client_->clock().SleepFor(call, kLook);
    const Status wanted = CheckWanted(call, client_->clock().Monotonic());
    if (!wanted) {
      co_await GiveUp(call.Unstoppable(), std::move(copy_id));
      co_return std::unexpected(wanted.error());
    }
    const auto now = co_await LookAt(call);
    const bool ours = now && now->ok() && now->http.headers.Find("x-ms-copy-id") == copy_id;
    const std::string status = ours ? CopyStatus(*now) : std::string();
    if (status == "success") co_return CopyOutcome::kCreated;
    if (status == "pending") continue;
    co_await GiveUp(call.Unstoppable(), std::move(copy_id));
    LF_CO_TRY_OK(now);
    co_return CopyOutcome::kNotPossible;
  }
}

Task<void> AzureCopy::GiveUp(Call call, std::string copy_id) {
  ReplyBody body;
  [[maybe_unused]] const auto ended = co_await client_->Send(call,
                                                             {.method = Method::kPut,
                                                              .blob = blob_,
                                                              .query = {{"comp", "copy"}, {"copyid", copy_id}},
                                                              .headers = {{"x-ms-copy-action", "abort"}}},
                                                             body);
  const auto there = co_await LookAt(call);
  const bool ours = there && there->ok() && there->http.headers.Find("x-ms-copy-id") == copy_id;
  if (!ours) co_return;
  const std::string etag(there->http.headers.Find("ETag").value_or(""));
  ReplyBody nothing;
  [[maybe_unused]] const auto gone = co_await client_->Send(
      call, {.method = Method::kDelete, .blob = blob_, .headers = {{"If-Match", etag}}}, nothing);
}

}  // namespace lakeferry::azure
