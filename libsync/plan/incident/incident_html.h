// The words of an incident as HTML, for mails. Pure.
#pragma once

#include <string>
#include <string_view>

#include "plan/incident/incident_words.h"

namespace lakeferry::plan {

// The text with all that means something in HTML as references, and control bytes as visible escapes.
[[nodiscard]] std::string EscapedForHtml(std::string_view text);

// One document that asks for nothing from elsewhere: no script, image, link or style sheet. Lines that name a fact are
// a table, quoted lines are marked as such.
[[nodiscard]] std::string HtmlOf(const IncidentWords& words);

}  // namespace lakeferry::plan
