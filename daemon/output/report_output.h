// Versions, findings and errors as JSON documents (docs/json.md, the stable contract) and as text for people. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "daemon/output/group_answer.h"
#include "engine/inquire/version_survey.h"
#include "plan/group/finding.h"

namespace lakeferry {

// `lakeferry versions`.
[[nodiscard]] std::string ToJson(const GroupAnswers<engine::VersionsReport>& groups);
[[nodiscard]] std::string ToText(const GroupAnswers<engine::VersionsReport>& groups);

// `lakeferry check`; errors first.
[[nodiscard]] std::string ToJson(std::vector<plan::Finding> findings);
[[nodiscard]] std::string ToText(std::vector<plan::Finding> findings);
// True iff no finding is an error.
[[nodiscard]] bool IsOk(const std::vector<plan::Finding>& findings);

// {"error": {"kind", "message", "where", "remedy"}}.
[[nodiscard]] std::string ToJson(const Error& error);
// "lakeferry: message", with place and remedy on lines of their own where there are any.
[[nodiscard]] std::string ErrorText(const Error& error);

}  // namespace lakeferry
