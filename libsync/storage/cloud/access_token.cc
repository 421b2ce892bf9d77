#include "storage/cloud/access_token.h"

#include <algorithm>

#include "base/known_secrets.h"

namespace lakeferry {

std::optional<AccessToken> MakeToken(std::string_view bearer, TimeMs ends) {
  const bool fits = !bearer.empty() && std::ranges::all_of(bearer, [](char c) { return c > ' ' && c <= '~'; });
  if (!fits) return std::nullopt;
  AccessToken token{.bearer = Secret::Filled(bearer.size(),
                                             [bearer](std::span<char> room) {
                                               std::ranges::copy(bearer, room.begin());
                                               return bearer.size();
                                             }),
                    .ends = ends};
  token.hidden = RememberWhile(token.bearer);
  return token;
}

}  // namespace lakeferry
