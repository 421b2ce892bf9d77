#include "storage/aws/sources/plan_of_environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace lakeferry::aws {
namespace {

std::optional<std::string> Variable(const PlanInputs& inputs, const std::string& name) {
  auto value = inputs.environ(name);
  return value && !value->empty() ? value : std::nullopt;
}

std::unexpected<Error> NotSet(std::string_view half, std::string_view other) {
  return Fail(ErrorCode::kInvalidArgument, fmt::format("{} is set and {} is not", half, other), std::string(other),
              "set both, or neither");
}

// "127.evil.example" begins like an address.
bool IsLoopback(std::string_view host) {
  return host == "::1" || host == "localhost" || (host.starts_with("127.") && std::ranges::all_of(host, [](char c) {
                                                    return (c >= '0' && c <= '9') || c == '.';
                                                  }));
}

// By http only where nobody on the way could answer in place of it.
Status CheckContainerHost(const Origin& origin) {
  constexpr std::array<std::string_view, 3> kHosts{"169.254.170.2", "169.254.170.23", "fd00:ec2::23"};
  if (origin.tls || IsLoopback(origin.host)) return {};
  if (std::ranges::find(kHosts, std::string_view(origin.host)) != kHosts.end()) return {};
  return Fail(ErrorCode::kInvalidArgument,
              "credentials are not asked for over http at another host than the container's",
              "AWS_CONTAINER_CREDENTIALS_FULL_URI", "write https://, or the address of the container's own service");
}

Result<Url> ContainerUrl(const PlanInputs& inputs) {
  if (const auto relative = Variable(inputs, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
    if (!relative->starts_with('/')) {
      return Fail(ErrorCode::kInvalidArgument, "a path begins with '/'", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                  "leave the variable as ECS has set it");
    }
    auto url = ParseUrl("http://169.254.170.2" + *relative);
    if (!url) return FailAt(std::move(url).error(), "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    return url;
  }
  auto url = ParseUrl(Variable(inputs, "AWS_CONTAINER_CREDENTIALS_FULL_URI").value_or(""));
  if (!url) return FailAt(std::move(url).error(), "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  LF_TRY_OK(CheckContainerHost(url->origin));
  return url;
}

}  // namespace

Result<std::optional<Plan>> WebIdentityPlan(const PlanInputs& inputs) {
  const auto file = Variable(inputs, "AWS_WEB_IDENTITY_TOKEN_FILE");
  if (!file) return std::optional<Plan>();
  const auto arn = Variable(inputs, "AWS_ROLE_ARN");
  if (!arn) return NotSet("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN");
  LF_TRY(Role role, MakeRole(*arn, Variable(inputs, "AWS_ROLE_SESSION_NAME").value_or("lakeferry"), "AWS_ROLE_ARN"));
  return std::optional(Plan{.kind = WebIdentity{.role = std::move(role), .token_file = *file},
                            .from = "the web identity of AWS_WEB_IDENTITY_TOKEN_FILE"});
}

Result<std::optional<Plan>> EnvironmentPlan(const PlanInputs& inputs) {
  const auto id = Variable(inputs, "AWS_ACCESS_KEY_ID");
  const Secret secret = inputs.secrets("AWS_SECRET_ACCESS_KEY");
  if (!id && secret.empty()) return std::optional<Plan>();
  if (!id) return NotSet("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID");
  if (secret.empty()) return NotSet("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
  Credentials credentials{
      .access_key_id = *id, .secret_key = secret, .session_token = inputs.secrets("AWS_SESSION_TOKEN")};
  if (credentials.session_token.empty()) credentials.session_token = inputs.secrets("AWS_SECURITY_TOKEN");
  return std::optional(Plan{.kind = FixedKeys{.credentials = std::move(credentials)},
                            .from = "the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"});
}

Result<std::optional<Plan>> ContainerPlan(const PlanInputs& inputs) {
  if (!Variable(inputs, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") &&
      !Variable(inputs, "AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
    return std::optional<Plan>();
  }
  LF_TRY(Url url, ContainerUrl(inputs));
  ContainerEndpoint endpoint{.url = std::move(url),
                             .token_file = Variable(inputs, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE").value_or("")};
  if (endpoint.token_file.empty()) endpoint.token = inputs.secrets("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  return std::optional(Plan{.kind = std::move(endpoint), .from = "the container's credentials"});
}

Result<std::optional<Plan>> InstancePlan(const PlanInputs& inputs) {
  const auto disabled = Variable(inputs, "AWS_EC2_METADATA_DISABLED");
  if (disabled == "true" || disabled == "TRUE" || disabled == "True") return std::optional<Plan>();
  const bool six = Variable(inputs, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE").value_or("").starts_with("IPv6");
  auto url = ParseUrl(Variable(inputs, "AWS_EC2_METADATA_SERVICE_ENDPOINT")
                          .value_or(six ? "http://[fd00:ec2::254]" : "http://169.254.169.254"));
  if (!url) return FailAt(std::move(url).error(), "AWS_EC2_METADATA_SERVICE_ENDPOINT");
  return std::optional(
      Plan{.kind = InstanceMetadata{.origin = url->origin}, .from = "the instance's metadata service"});
}

}  // namespace lakeferry::aws
