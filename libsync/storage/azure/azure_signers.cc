#include "storage/azure/azure_signers.h"

#include <fmt/format.h>

namespace lakeferry::azure {
namespace {

constexpr Millis kSourcePermission{3'600'000};

}  // namespace

Result<std::shared_ptr<KeySigner>> KeySigner::Make(const std::string& account, const Secret& key, const Clock& clock) {
  LF_TRY(SharedKey shared, SharedKey::Make(account, key));
  LF_TRY(ReadPermission permission, ReadPermission::Make(account, key));
  return std::shared_ptr<KeySigner>(new KeySigner(std::move(shared), std::move(permission), clock));
}

Task<Result<Distrust>> KeySigner::Sign(Call, HttpRequest& request) {
  key_.Sign(request, clock_.WallTime());
  co_return Distrust([] {});
}

Task<Status> KeySigner::SignSource(Call, HttpRequest& request, std::string url, std::string path) {
  const std::string permission = permission_.Until(path, clock_.WallTime() + kSourcePermission);
  request.headers.Set("x-ms-copy-source", fmt::format("{}?{}", url, permission));
  co_return Status();
}

std::string SasSigner::With(std::string url) const {
  std::string_view token = token_.Reveal();
  if (token.starts_with('?')) token.remove_prefix(1);
  if (token.empty()) return url;
  return fmt::format("{}{}{}", url, url.contains('?') ? '&' : '?', token);
}

Task<Result<Distrust>> SasSigner::Sign(Call, HttpRequest& request) {
  request.target = With(std::move(request.target));
  co_return Distrust([] {});
}

Task<Status> SasSigner::SignSource(Call, HttpRequest& request, std::string url, std::string) {
  request.headers.Set("x-ms-copy-source", With(std::move(url)));
  co_return Status();
}

Task<Result<Distrust>> TokenSigner::Sign(Call call, HttpRequest& request) {
  auto token = co_await source_->Get(call);
  LF_CO_TRY_OK(token);
  request.headers.Set("Authorization", fmt::format("Bearer {}", token->bearer.Reveal()));
  co_return Distrust([source = source_, used = *std::move(token)] { source->Distrust(used); });
}

Task<Status> TokenSigner::SignSource(Call call, HttpRequest& request, std::string url, std::string) {
  const auto token = co_await source_->Get(call);
  LF_CO_TRY_OK(token);
  request.headers.Set("x-ms-copy-source", std::move(url));
  // A copy that is done later takes the request's own, and knows no other.
  if (!request.headers.Find("x-ms-requires-sync")) co_return Status();
  request.headers.Set("x-ms-copy-source-authorization", fmt::format("Bearer {}", token->bearer.Reveal()));
  co_return Status();
}

}  // namespace lakeferry::azure
