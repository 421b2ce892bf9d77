#include "daemon/commands/check_as_service.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <vector>

#include "daemon/setup/service_command.h"
#include "daemon/setup/unit_words.h"

namespace lakeferry {
namespace {

Result<std::string> UnitText(const std::string& unit) {
  const std::string line = fmt::format("systemctl cat {}.service 2>&1", unit);  // the name is one of two
  FILE* const pipe = ::popen(line.c_str(), "re");  // NOLINT(cert-env33-c): systemctl has no library
  std::string text;
  std::array<char, 4096> buffer{};
  while (pipe != nullptr) {
    const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe);
    if (count == 0) break;
    text.append(buffer.data(), count);
  }
  const int ended = pipe == nullptr ? -1 : ::pclose(pipe);
  if (ended == 0) return text;
  return Fail(ErrorCode::kNotFound,
              fmt::format("systemd has no unit {}.service: {}", unit, text.substr(0, text.find('\n'))), unit,
              "install the package, or link the unit (operations.md, \"Install\")");
}

Result<int> Become(std::vector<std::string> words) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
  return Fail(ErrorCode::kInternal,
              "systemd-run cannot be started: " + std::error_code(errno, std::generic_category()).message(),
              words.front());
}

}  // namespace

Result<int> CheckAsService(Invocation& invocation, const CheckOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  const std::optional<Role> chosen = ChosenRole(options.role, config);
  if (!chosen) {
    return Fail(ErrorCode::kInvalidArgument, "which service is meant is not said", "command line",
                "say --role sender or --role receiver, or set role in the configuration");
  }
  std::error_code error;
  if (!std::filesystem::exists("/run/systemd/system", error)) {
    return Fail(ErrorCode::kRefused, "systemd does not run here, so that nothing can be run as its service would be",
                {}, "run `lakeferry check` as the service's user: runuser -u lakeferry -- lakeferry check");
  }
  const std::string name(RoleName(*chosen));
  LF_TRY(const std::string unit, UnitText(setup::UnitName(name)));
  const std::string file = std::filesystem::absolute(invocation.options.config_path, error).string();
  std::vector<std::string> command{
      std::filesystem::read_symlink("/proc/self/exe", error).string(), "check", "--role", name, "--config", file};
  if (options.walls) command.emplace_back("--walls");
  if (options.notify) command.emplace_back("--notify");
  if (invocation.options.json) command.emplace_back("--json");
  if (invocation.options.verbose) command.emplace_back("--verbose");
  invocation.out.flush();
  return Become(setup::ServiceCommand(unit, command));
}

}  // namespace lakeferry
