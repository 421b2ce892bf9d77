// Text as mail carries it: any bytes in, harmless ASCII out. Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>

namespace lakeferry::notify {

// Valid UTF-8 on one line: a byte that is not UTF-8 becomes U+FFFD, a run of spaces, line breaks and other control
// characters becomes one space, those at both ends go. At most `bytes_max` bytes (3 or more): a longer text is cut
// between characters and ended by "…".
[[nodiscard]] std::string OneLine(std::string_view text, size_t bytes_max);

// The value of an unstructured header field (RFC 5322, RFC 2047): as it is when short printable ASCII that nobody would
// decode, else as encoded words, folded. `text` must come from OneLine. Holds line breaks only as CRLF SP.
[[nodiscard]] std::string EncodeHeaderText(std::string_view text);

// A text/plain body in quoted-printable (RFC 2045): LF, CR and CRLF all end a line, every line leaves with CRLF and at
// most 76 characters, bytes outside printable ASCII are escaped, bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string QuotedPrintable(std::string_view text);

}  // namespace lakeferry::notify
