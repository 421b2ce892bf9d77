#include "storage/gcs/credentials/chain.h"

#include <fmt/format.h>

#include <utility>

namespace lakeferry::gcs {
namespace {

// By address: its name leads to a place that no name may lead to.
constexpr std::string_view kMetadata = "169.254.169.254";

std::string WellKnownFile(Host& host) {
  if (const auto folder = host.Variable("CLOUDSDK_CONFIG")) {
    return *folder + "/application_default_credentials.json";
  }
  const auto home = host.Variable("HOME");
  return home ? *home + "/.config/gcloud/application_default_credentials.json" : std::string();
}

std::unexpected<Error> NoFile(Error error, std::string_view named_by) {
  if (error.code == ErrorCode::kNotFound) {
    error.code = ErrorCode::kUnauthorized;
    error.message = fmt::format("the file of credentials that {} names is not there", named_by);
    error.remedy = "put it there, readable for the user that runs lakeferry, or name another";
  }
  return std::unexpected(std::move(error));
}

}  // namespace

TokenChain::TokenChain(boost::asio::any_io_executor executor, TokenContext context, TokenOptions options)
    : context_(context),
      options_(std::move(options)),
      kept_(std::move(executor), context_.clock, [this](Call call) { return Look(std::move(call)); }) {}

Task<Result<AccessToken>> TokenChain::Get(Call call) {
  if (options_.anonymous) co_return AccessToken{};
  Result<AccessToken> token = co_await kept_.Get(std::move(call));
  co_return token;
}

void TokenChain::Distrust(const AccessToken& refused) {
  kept_.Drop([&](const AccessToken& kept) { return kept.bearer.Reveal() == refused.bearer.Reveal(); });
}

Task<Result<AccessToken>> TokenChain::OfFile(Call call, std::string path, Secret text) {
  auto file = ReadKeyFile(text, path);
  if (!file) co_return std::unexpected(std::move(file).error());
  Result<AccessToken> token = co_await TokenOf(std::move(call), context_, *std::move(file), options_.scope);
  co_return token;
}

Task<Result<AccessToken>> TokenChain::Look(Call call) {
  Host& host = context_.host;
  const bool configured = !options_.key_file.empty();
  const std::string named =
      configured ? options_.key_file : host.Variable("GOOGLE_APPLICATION_CREDENTIALS").value_or("");
  const std::string path = named.empty() ? WellKnownFile(host) : named;
  if (!path.empty()) {
    Result<Secret> text = co_await host.ReadFile(call, path);
    if (!text && (!named.empty() || text.error().code != ErrorCode::kNotFound)) {
      co_return NoFile(std::move(text).error(), configured ? "the configuration" : "GOOGLE_APPLICATION_CREDENTIALS");
    }
    if (text) {
      Result<AccessToken> token = co_await OfFile(std::move(call), path, *std::move(text));
      co_return token;
    }
  }
  const auto address = host.Variable("GCE_METADATA_HOST");
  LF_CO_TRY(const Url url, ParseUrl(fmt::format("http://{}", address.value_or(std::string(kMetadata)))));
  Result<AccessToken> token = co_await TokenOfMachine(std::move(call), context_, url.origin);
  if (token || token.error().code == ErrorCode::kCancelled) co_return token;
  Error error = std::move(token).error();
  error.message = fmt::format(
      "no credentials for Google Cloud were found: GOOGLE_APPLICATION_CREDENTIALS is not set; there is no {}; {}",
      path.empty() ? "application_default_credentials.json" : path, error.message);
  if (error.remedy.empty()) error.remedy = "name a key file in GOOGLE_APPLICATION_CREDENTIALS";
  co_return std::unexpected(std::move(error));
}

}  // namespace lakeferry::gcs
