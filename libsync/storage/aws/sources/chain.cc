#include "storage/aws/sources/chain.h"

#include <fmt/format.h>

#include <utility>

#include "storage/aws/sources/credential_document.h"
#include "storage/aws/sources/make_plan.h"
#include "storage/aws/sources/metadata.h"
#include "storage/aws/sources/sso.h"
#include "storage/aws/sources/sts.h"
#include "storage/cloud/helper_process.h"

namespace lakeferry::aws {
namespace {

// A program that asks a person, or a server that does not answer.
constexpr Millis kHelperLongest{30'000};

Task<Result<Credentials>> HelperCredentials(Call call, SourceContext context, HelperCommand command) {
  auto words = SplitWords(command.line);
  if (!words) co_return FailAt(std::move(words).error(), "credential_process");
  const std::string program = words->front();
  LF_CO_TRY(const Secret output, co_await context.host.Run(std::move(call), *std::move(words), kHelperLongest));
  auto credentials =
      ReadCredentials(output, {.token = "SessionToken"}, true, "what the program for credentials writes", program);
  if (!credentials) co_return credentials;
  co_return CheckAlive(*std::move(credentials), context.clock.WallTime(), program);
}

// NOLINTNEXTLINE(misc-no-recursion): a plan has an end
Task<Result<Credentials>> RoleCredentials(Call call, SourceContext context, AwsSettings settings, AssumedRole assumed) {
  LF_CO_TRY(Credentials base, co_await Obtain(call, context, settings, *assumed.base));
  Result<Credentials> credentials =
      co_await AssumeRole(std::move(call), context, std::move(settings), std::move(assumed.role), std::move(base));
  co_return credentials;
}

// One of a plan's kinds, as the call that it comes to.
struct Dispatch {
  Call call;
  SourceContext context;
  AwsSettings settings;

  Task<Result<Credentials>> operator()(FixedKeys keys) const { co_return std::move(keys.credentials); }
  Task<Result<Credentials>> operator()(Nobody) const { co_return Credentials{}; }
  // NOLINTNEXTLINE(misc-no-recursion)
  Task<Result<Credentials>> operator()(AssumedRole role) const {
    return RoleCredentials(call, context, settings, std::move(role));
  }
  Task<Result<Credentials>> operator()(WebIdentity identity) const {
    return AssumeRoleWithWebIdentity(call, context, settings, std::move(identity));
  }
  Task<Result<Credentials>> operator()(SsoRole role) const {
    return SsoCredentials(call, context, settings, std::move(role));
  }
  Task<Result<Credentials>> operator()(HelperCommand command) const {
    return HelperCredentials(call, context, std::move(command));
  }
  Task<Result<Credentials>> operator()(ContainerEndpoint endpoint) const {
    return ContainerCredentials(call, context, std::move(endpoint));
  }
  Task<Result<Credentials>> operator()(InstanceMetadata metadata) const {
    return InstanceCredentials(call, context, std::move(metadata.origin));
  }
};

std::unexpected<Error> NotFrom(const Plan& plan, Error error) {
  std::string lacking;
  for (const std::string& text : plan.lacking) lacking += (lacking.empty() ? " (before it: " : "; ") + text;
  if (!lacking.empty()) lacking += ")";
  if (error.code != ErrorCode::kCancelled) {
    error.message = fmt::format("no credentials from {}{}: {}", plan.from, lacking, error.message);
  }
  return std::unexpected(std::move(error));
}

Task<Result<Secret>> ReadOptional(Call call, Host& host, std::string path) {
  if (path.empty()) co_return Secret();
  Result<Secret> text = co_await host.ReadFile(std::move(call), std::move(path));
  if (!text && text.error().code == ErrorCode::kNotFound) co_return Secret();
  co_return text;
}

Environ EnvironOf(Host& host) {
  return [&host](const std::string& name) { return host.Variable(name); };
}

}  // namespace

// NOLINTNEXTLINE(misc-no-recursion)
Task<Result<Credentials>> Obtain(Call call, SourceContext context, AwsSettings settings, Plan plan) {
  const Dispatch dispatch{.call = std::move(call), .context = context, .settings = std::move(settings)};
  Result<Credentials> credentials = co_await std::visit(dispatch, plan.kind);
  if (!credentials) co_return NotFrom(plan, std::move(credentials).error());
  co_return credentials;
}

Task<Result<Profiles>> ReadProfiles(Call call, Host& host) {
  ProfilePaths paths = PathsOf(EnvironOf(host));
  LF_CO_TRY(Secret config, co_await ReadOptional(call, host, paths.config));
  LF_CO_TRY(Secret credentials, co_await ReadOptional(call, host, paths.credentials));
  co_return Profiles::Parse(std::move(config), std::move(credentials), std::move(paths));
}

CredentialChain::CredentialChain(boost::asio::any_io_executor executor, SourceContext context, ChainOptions options)
    : context_(context),
      options_(std::move(options)),
      kept_(std::move(executor), context_.clock, [this](Call call) { return Look(std::move(call)); }) {}

Task<Result<Credentials>> CredentialChain::Get(Call call) {
  if (options_.anonymous) co_return Credentials{};
  Result<Credentials> credentials = co_await kept_.Get(std::move(call));
  co_return credentials;
}

void CredentialChain::Distrust(const Credentials& refused) {
  kept_.Drop([&](const Credentials& kept) {
    return kept.access_key_id == refused.access_key_id &&
           kept.session_token.Reveal() == refused.session_token.Reveal() &&
           kept.secret_key.Reveal() == refused.secret_key.Reveal();
  });
}

Task<Result<Credentials>> CredentialChain::Look(Call call) {
  LF_CO_TRY(const Profiles profiles, co_await ReadProfiles(call, context_.host));
  const Environ environ = EnvironOf(context_.host);
  LF_CO_TRY(AwsSettings settings, ReadSettings(environ, profiles, options_.profile));
  if (!settings.region) settings.region = options_.region;
  const SecretEnviron secrets = [this](const std::string& name) { return context_.host.SecretVariable(name); };
  LF_CO_TRY(Plan plan, MakePlan(environ, secrets, profiles, settings));
  if (options_.role) plan = WithRole(std::move(plan), *options_.role);
  Result<Credentials> credentials = co_await Obtain(std::move(call), context_, std::move(settings), std::move(plan));
  co_return credentials;
}

}  // namespace lakeferry::aws
