#include "json/utf8_check.h"

#include <simdjson.h>

#include <algorithm>

namespace lakeferry::json {
namespace {

constexpr size_t kLongest = 4;

bool IsPart(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

// Up to the last character, which may be cut.
size_t WholeBytes(std::string_view piece) {
  size_t begin = piece.size();
  const size_t least = piece.size() - std::min(piece.size(), kLongest);
  while (begin > least && IsPart(piece[begin - 1])) --begin;
  return begin > least && static_cast<unsigned char>(piece[begin - 1]) >= 0x80U ? begin - 1 : piece.size();
}

}  // namespace

void Utf8Check::Read(std::string_view piece) {
  while (!rest_.empty() && !piece.empty() && IsPart(piece.front())) {
    rest_ += piece.front();
    piece.remove_prefix(1);
  }
  if (piece.empty()) return Judge(rest_.size() > kLongest);
  Judge(true);
  const size_t whole = WholeBytes(piece);
  good_ = good_ && simdjson::validate_utf8(piece.data(), whole);
  rest_ = piece.substr(whole);
}

bool Utf8Check::Finish() {
  Judge(true);
  return good_;
}

void Utf8Check::Judge(bool now) {
  if (!now || rest_.empty()) return;
  good_ = good_ && simdjson::validate_utf8(rest_.data(), rest_.size());
  rest_.clear();
}

}  // namespace lakeferry::json
