// Versions and errors as JSON documents (docs/json.md, the stable contract) and as text for people. Pure.
#pragma once

#include <string>

#include "base/error.h"
#include "daemon/output/group_answer.h"
#include "engine/inquire/version_survey.h"

namespace lakeferry {

// `lakeferry versions`.
[[nodiscard]] std::string ToJson(const GroupAnswers<engine::VersionsReport>& groups);
[[nodiscard]] std::string ToText(const GroupAnswers<engine::VersionsReport>& groups);

// {"error": {"kind", "message", "where", "remedy"}}.
[[nodiscard]] std::string ToJson(const Error& error);
// "lakeferry: message", with place and remedy on lines of their own where there are any.
[[nodiscard]] std::string ErrorText(const Error& error);

}  // namespace lakeferry
