// Lines of at most 80 columns, as terminals, mails and tickets have them. What people read is laid out with these,
// whether standard output is a terminal or not. Pure but for the known secrets.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lakeferry {

inline constexpr size_t kColumns = 80;

// Columns that a terminal needs for the text, which is one line: characters of East Asian scripts and pictures take
// two, marks that combine none.
[[nodiscard]] size_t DisplayWidth(std::string_view text);

// At most `width` columns of the text, its middle left out for "…" where it has more.
[[nodiscard]] std::string Shortened(std::string_view text, size_t width);

// As it can stand in a line or a cell: without known secrets, control bytes and line ends visible. Before anything is
// broken or shortened, so that no half of a secret is left.
[[nodiscard]] std::string LineOf(std::string_view text);

// LineOf(text), broken at spaces into lines of at most kColumns, each with its end; the first is indented by `first`,
// the others by `rest`. A word that is longer than a line is broken where the line ends, or after a comma before, but
// for a place (a path from the root, a URI): that stands whole on a line of its own, to be copied.
[[nodiscard]] std::string Wrapped(std::string_view text, size_t first = 0, size_t rest = 4);

// Whether the word is a place that is never broken, or a setting whose value is one.
[[nodiscard]] bool IsPlace(std::string_view word);

}  // namespace lakeferry
