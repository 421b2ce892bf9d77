#include "storage/cloud/spoiled_signature.h"

#include <string>
#include <string_view>

namespace lakeferry {
namespace {

// Into another that may stand wherever letters and digits may: hexadecimal stays that.
char Another(char byte) { return byte == 'a' ? 'b' : 'a'; }

// A signature stands last, and its very end may be no more than padding.
constexpr size_t kFromEnd = 10;

}  // namespace

void SpoilSignature(HttpRequest& request) {
  constexpr std::string_view kInUrl = "sig=";
  if (const auto given = request.headers.Find("Authorization"); given && given->size() > kFromEnd) {
    std::string text(*given);
    char& byte = text[text.size() - kFromEnd];
    byte = Another(byte);
    request.headers.Set("Authorization", std::move(text));
    return;
  }
  const size_t at = request.target.find(kInUrl);
  if (at == std::string::npos || at + kInUrl.size() + 3 >= request.target.size()) {
    request.headers.Set("Authorization", "Bearer nobody-gave-this-out");
    return;
  }
  // An escaped byte has three characters, the first of which has to stay.
  const size_t first = at + kInUrl.size();
  char& byte = request.target[request.target[first] == '%' ? first + 3 : first];
  byte = Another(byte);
}

}  // namespace lakeferry
