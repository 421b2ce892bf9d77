#include "daemon/wiring/vended_credentials.h"

#include <fmt/format.h>

#include <utility>

#include "storage/azure/azure_signers.h"

namespace lakeferry {
namespace {

constexpr std::string_view kLeaveOut = "leave out credentials: vended, and give the service rights of its own there";

// What a store makes of it must be about credentials: "not found" would be an object that is gone.
ErrorCode AsOfCredentials(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnavailable:
    case ErrorCode::kThrottled:
    case ErrorCode::kCancelled:
    case ErrorCode::kInvalidArgument: return code;
    default: return ErrorCode::kUnauthorized;
  }
}

std::string_view WordOf(VendedKind kind) {
  switch (kind) {
    case VendedKind::kNone: return "nothing";
    case VendedKind::kSessionKeys: return "session keys of S3";
    case VendedKind::kSharedSignature: return "a shared access signature of Azure";
    case VendedKind::kEntraToken: return "a token of Microsoft Entra";
    case VendedKind::kGoogleToken: return "a token of Google";
  }
  return {};
}

// Whether the account of either comes with the credential, so that they cannot be compared.
bool IsHostless(const Location& location) { return IsAzure(location.scheme()) && location.host().empty(); }

// A token that was handed out.
class HeldToken final : public TokenSource {
 public:
  explicit HeldToken(AccessToken token) : token_(std::move(token)) {}
  Task<Result<AccessToken>> Get(Call) override { co_return token_; }

 private:
  const AccessToken token_;
};

AccessToken TokenOf(const VendedCredential& given) {
  return {.bearer = given.secret, .ends = given.ends, .hidden = given.hidden};
}

}  // namespace

VendedSource::VendedSource(boost::asio::any_io_executor engine, const Clock& clock, TableCatalogs& catalogs,
                           Vending vending, Location location, bool write)
    : clock_(clock),
      catalogs_(catalogs),
      vending_(std::move(vending)),
      location_(std::move(location)),
      write_(write),
      kept_(std::move(engine), clock, [this](Call call) { return Fetch(std::move(call)); }) {}

std::unexpected<Error> VendedSource::Unfit(std::string why, std::string remedy) const {
  return Fail(ErrorCode::kUnauthorized,
              fmt::format("the credentials of table '{}' are no use: {}", vending_.table, why), location_.Print(),
              std::move(remedy));
}

Task<Result<VendedCredential>> VendedSource::Get(Call call, VendedKind a, VendedKind b) {
  Result<VendedCredential> given = co_await kept_.Get(std::move(call));
  LF_CO_TRY_OK(given);
  if (given->kind == a || given->kind == b) co_return given;
  co_return Unfit(fmt::format("its catalog hands out {}", WordOf(given->kind)), std::string(kLeaveOut));
}

void VendedSource::Distrust(const std::shared_ptr<const void>& refused) {
  kept_.Drop([&](const VendedCredential& kept) { return kept.hidden == refused; });
}

Task<Result<VendedCredential>> VendedSource::Ask(Call call) {
  TableCatalog* const catalog = catalogs_.Of(vending_.group, vending_.side);
  if (catalog == nullptr) {
    co_return Fail(ErrorCode::kInvalidArgument,
                   fmt::format("no catalog hands out credentials for table '{}'", vending_.table), location_.Print(),
                   fmt::format("set catalog for group {}, with credentials: vended", vending_.group));
  }
  Result<CatalogTable> table = co_await catalog->Find(call, vending_.table);
  if (!table) {
    const bool is_new = table.error().code == ErrorCode::kNotFound && vending_.side == CatalogSide::kTarget;
    if (!is_new) co_return std::unexpected(std::move(table).error());
    co_return co_await catalog->VendPlace(std::move(call), location_.Print(), write_);
  }
  const auto place = Location::Parse(table->location);
  if (!place || !(*place == location_)) {
    co_return Unfit(fmt::format("it lies at {} by now", place ? place->Print() : "a place of no store"),
                    "the next pass looks it up anew");
  }
  co_return co_await catalog->VendTable(std::move(call), *std::move(table), write_);
}

Status VendedSource::Check(const VendedCredential& given) const {
  const TimeMs now = clock_.WallTime();
  if (given.ends && *given.ends <= now) {
    return Unfit(fmt::format("they have ended at {}, and it is {}", FormatUtc(*given.ends), FormatUtc(now)),
                 "see that this machine's clock is right, then what the catalog hands out");
  }
  // Some servers spell places of emulators in ways of their own: what is no place says nothing.
  const auto scope = Location::Parse(given.scope);
  if (!scope || IsHostless(*scope) || IsHostless(location_)) return {};
  if (location_.place().starts_with(scope->place())) return {};
  return Unfit(fmt::format("they are for {}", scope->Print()), "see what the catalog has as the table's location");
}

Task<Result<VendedCredential>> VendedSource::Fetch(Call call) {
  Result<VendedCredential> given = co_await Ask(std::move(call));
  if (!given) {
    Error error = std::move(given).error();
    error.code = AsOfCredentials(error.code);
    co_return std::unexpected(std::move(error));
  }
  LF_CO_TRY_OK(Check(*given));
  co_return given;
}

void VendedCredentials::Use(TableCatalogs& catalogs) {
  catalogs_ = &catalogs;
  sources_.clear();
}

Result<std::shared_ptr<VendedSource>> VendedCredentials::Of(const Location& location, const StoreLogin& login) {
  if (catalogs_ == nullptr || !login.vending) {
    return Fail(ErrorCode::kInvalidArgument, "there is no catalog that hands out credentials", location.Print(),
                "set catalog for the workspace, with credentials: vended");
  }
  std::shared_ptr<VendedSource>& source = sources_[{*login.vending, location.place(), login.write}];
  if (source == nullptr) {
    source = std::make_shared<VendedSource>(engine_, clock_, *catalogs_, *login.vending, location, login.write);
  }
  return source;
}

Task<Result<aws::Credentials>> VendedKeys::Get(Call call) {
  auto given = co_await source_->Get(std::move(call), VendedKind::kSessionKeys, VendedKind::kSessionKeys);
  LF_CO_TRY_OK(given);
  if (!given->access_point.empty() && given->access_point != bucket_) {
    co_return Fail(ErrorCode::kUnauthorized,
                   fmt::format("the keys that the catalog hands out are good through the access point {} alone, and "
                               "the table lies in the bucket {}",
                               given->access_point, bucket_),
                   {}, std::string(kLeaveOut));
  }
  co_return aws::Credentials{.access_key_id = std::move(given->access_key_id),
                             .secret_key = std::move(given->secret),
                             .session_token = std::move(given->session_token),
                             .ends = given->ends,
                             .hidden = std::move(given->hidden)};
}

Task<Result<AccessToken>> VendedTokens::Get(Call call) {
  const auto given = co_await source_->Get(std::move(call), VendedKind::kGoogleToken, VendedKind::kGoogleToken);
  LF_CO_TRY_OK(given);
  co_return TokenOf(*given);
}

std::shared_ptr<azure::RequestSigner> VendedSigner::SignerOf(const VendedCredential& given) const {
  if (given.kind == VendedKind::kSharedSignature) return std::make_shared<azure::SasSigner>(given.secret, clock_);
  return std::make_shared<azure::TokenSigner>(std::make_shared<HeldToken>(TokenOf(given)));
}

Task<Result<Distrust>> VendedSigner::Sign(Call call, HttpRequest& request) {
  const auto given = co_await source_->Get(call, VendedKind::kSharedSignature, VendedKind::kEntraToken);
  LF_CO_TRY_OK(given);
  const auto signer = SignerOf(*given);
  const auto signed_by = co_await signer->Sign(std::move(call), request);
  if (!signed_by) source_->Distrust(given->hidden);  // a signature says itself when it ends
  LF_CO_TRY_OK(signed_by);
  co_return lakeferry::Distrust([source = source_, used = given->hidden] { source->Distrust(used); });
}

Task<Status> VendedSigner::SignSource(Call call, HttpRequest& request, std::string url, std::string path) {
  const auto given = co_await source_->Get(call, VendedKind::kSharedSignature, VendedKind::kEntraToken);
  LF_CO_TRY_OK(given);
  const auto signer = SignerOf(*given);
  co_return co_await signer->SignSource(std::move(call), request, std::move(url), std::move(path));
}

}  // namespace lakeferry
