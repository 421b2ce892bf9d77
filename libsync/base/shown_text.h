// Texts that came from elsewhere, made fit to be shown: in a log, an error, a mail, a reason that is kept. Names,
// errors and receipts may be as long as their writer likes and hold any byte. Pure but for the known secrets; any
// thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lakeferry {

// What one field of an error, a reason or a line of a mail may hold.
inline constexpr size_t kShownBytesMax = 4096;

// At most `bytes_max` bytes (64 or more): a longer text is cut between characters, and its end says how many bytes were
// left out. A text that was cut is not cut again by the same bound.
[[nodiscard]] std::string Bounded(std::string_view text, size_t bytes_max = kShownBytesMax);

// Without known secrets (base/known_secrets.h) and without the password of a URI (scheme://user:password@host), in
// UTF-8, with malformed bytes as visible escapes (\xff), and bounded; in this order, so that no cut leaves a half of a
// secret. Of what it returns it makes the same again.
[[nodiscard]] std::string FitToShow(std::string_view text, size_t bytes_max = kShownBytesMax);

// Where the first byte stands that does not belong to a well-formed UTF-8 sequence; npos when all do.
[[nodiscard]] size_t FirstInvalidUtf8(std::string_view text);

// The text with control bytes, line and paragraph separators and malformed UTF-8 as visible escapes (\n, \x1b), so that
// one value stays on one line of a terminal, a log or a mail.
[[nodiscard]] std::string OneLine(std::string_view text);

}  // namespace lakeferry
