// Every secret that this process has read, so that no text leaves it with one. A server may repeat a password in an
// error, and the error goes into logs, mails, stores and answers: each of these sinks passes its texts through here.
// Any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace lakeferry {

// Shorter ones are not looked for: they stand in half of all texts by chance.
inline constexpr size_t kSecretSoughtMin = 4;
// What stands in place of a secret.
inline constexpr std::string_view kSecretMark = "[secret]";

// From now on texts are without it, for as long as the process lives. Whoever reads a secret calls this before using
// it. Of a secret of several lines each line of 16 bytes or more is looked for by itself too.
void RememberSecret(const Secret& secret);

// The same, whole and for as long as what it returns lives: for what is replaced every hour, in a process that lives
// for years. Kept by all who remember it, it is known until the last of them is gone.
[[nodiscard]] std::shared_ptr<const void> RememberWhile(const Secret& secret);

// Whether there is any: texts of millions of fields need not be looked through for nothing.
[[nodiscard]] bool KnowsSecrets();

// The text with each known secret, of kSecretSoughtMin bytes or more, replaced by kSecretMark: as it is, with any of
// its bytes percent-encoded, and within Base64 of either alphabet, whatever stands before and after it there (so it is
// also found in what AUTH PLAIN and AUTH LOGIN send). Of Base64 the whole word goes.
[[nodiscard]] std::string WithoutSecrets(std::string_view text);

}  // namespace lakeferry
