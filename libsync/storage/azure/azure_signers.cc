#include "storage/azure/azure_signers.h"

#include <fmt/format.h>

#include <algorithm>

#include "http/origin.h"

namespace lakeferry::azure {
namespace {

constexpr Millis kSourcePermission{3'600'000};
constexpr Millis kClockMayBeWrong{900'000};

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

std::optional<TimeMs> EndOfSas(std::string_view token) {
  constexpr std::string_view kName = "se=";
  if (token.starts_with('?')) token.remove_prefix(1);
  while (!token.empty() && !token.starts_with(kName)) {
    token.remove_prefix(std::min(token.find('&'), token.size() - 1) + 1);
  }
  if (token.empty()) return std::nullopt;
  token.remove_prefix(kName.size());
  std::string text = PercentDecode(token.substr(0, token.find('&')));
  // A day, or a time to the minute or finer.
  constexpr size_t kDay = std::string_view("2026-11-29").size();
  constexpr size_t kMinute = std::string_view("2026-11-29T12:00Z").size();
  if (text.size() == kDay) text += "T00:00:00Z";
  if (text.size() == kMinute) text.insert(kMinute - 1, ":00");
  const auto time = ParseTime(text);
  return time ? std::optional(*time) : std::nullopt;
}

SasSigner::SasSigner(Secret token, const Clock& clock)
    : token_(std::move(token)), ends_(EndOfSas(token_.Reveal())), clock_(clock) {}

std::string SasSigner::With(std::string url) const {
  std::string_view token = token_.Reveal();
  if (token.starts_with('?')) token.remove_prefix(1);
  if (token.empty()) return url;
  return fmt::format("{}{}{}", url, url.contains('?') ? '&' : '?', token);
}

Task<Result<Distrust>> SasSigner::Sign(Call, HttpRequest& request) {
  if (ends_ && *ends_ + kClockMayBeWrong < clock_.WallTime()) {
    co_return Fail(ErrorCode::kUnauthorized,
                   fmt::format("the shared access signature has ended at {}", FormatUtc(*ends_)), {},
                   "make another; look at this machine's clock, if that time is still to come");
  }
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
  request.headers.Set("x-ms-copy-source-authorization", fmt::format("Bearer {}", token->bearer.Reveal()));
  co_return Status();
}

Result<std::shared_ptr<RequestSigner>> LateSigner::Made() {
  if (state_->made == nullptr) {
    LF_TRY(state_->made, state_->make());
  }
  return state_->made;
}

void LateSigner::State::Drop(const std::shared_ptr<RequestSigner>& refused) {
  if (made == refused) made.reset();
}

Task<Result<Distrust>> LateSigner::Sign(Call call, HttpRequest& request) {
  LF_CO_TRY(const auto signer, Made());
  auto distrust = co_await signer->Sign(call, request);
  if (!distrust) {
    if (distrust.error().code == ErrorCode::kUnauthorized) state_->Drop(signer);
    co_return distrust;
  }
  co_return Distrust([state = state_, signer, inner = *std::move(distrust)] {
    inner();
    state->Drop(signer);
  });
}

Task<Status> LateSigner::SignSource(Call call, HttpRequest& request, std::string url, std::string path) {
  LF_CO_TRY(const auto signer, Made());
  co_return co_await signer->SignSource(call, request, std::move(url), std::move(path));
}

}  // namespace lakeferry::azure
