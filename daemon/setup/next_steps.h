// What a person does after `init`: commands, in their order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/setup/service_needs.h"
#include "daemon/setup/settled_file.h"

namespace lakeferry::setup {

// After the first configuration was written to `path`; `example`: it has places to fill in. `options`: those of the
// command line that its commands need too.
[[nodiscard]] std::vector<std::string> StepsAfterConfig(const std::string& path, bool example,
                                                        const std::string& options);

// Of the services whose needs and drop-ins these are, one of each a role: folders and credentials that are not there,
// what systemd has to hear of, the check, the start. Looks at the folders.
[[nodiscard]] std::vector<std::string> StepsAfterDropIns(const std::vector<ServiceNeeds>& needs,
                                                         const std::vector<SettledFile>& drop_ins,
                                                         const std::string& options);

// The text as one word of a shell.
[[nodiscard]] std::string ShellWord(std::string_view text);

}  // namespace lakeferry::setup
