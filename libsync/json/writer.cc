#include "json/writer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/check.h"
#include "base/known_secrets.h"
#include "base/shown_text.h"
#include "json/limits.h"

namespace lakeferry::json {
namespace {

// What most lines take.
constexpr size_t kUsualBytes = 512;
// A line is kept with thousands of others; what is longer is alone.
constexpr size_t kLineBytes = size_t{64} << 10;
// From here on, and below it, numbers are written with an exponent, as other writers have it.
constexpr double kLongestPlain = 1e21;
constexpr double kShortestPlain = 1e-6;

constexpr std::array<bool, 256> kEscaped = [] {
  std::array<bool, 256> escaped{};
  for (size_t c = 0; c < 0x20; ++c) escaped[c] = true;
  escaped['"'] = escaped['\\'] = true;
  return escaped;
}();

void AppendEscape(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  out += '\\';
  switch (c) {
    case '\b': out += 'b'; return;
    case '\t': out += 't'; return;
    case '\n': out += 'n'; return;
    case '\f': out += 'f'; return;
    case '\r': out += 'r'; return;
    case '"':
    case '\\': out += c; return;
    default: out.append("u00").append({kHex[static_cast<size_t>(c) >> 4U], kHex[static_cast<size_t>(c) & 15U]});
  }
}

// The text with every malformed byte as U+FFFD.
std::string ToValidUtf8(std::string_view text) {
  std::string out;
  for (;;) {
    const size_t bad = FirstInvalidUtf8(text);
    out += text.substr(0, bad);
    if (bad == std::string_view::npos) return out;
    out += "\xef\xbf\xbd";
    text.remove_prefix(bad + 1);
  }
}

}  // namespace

Writer::Writer(Texts texts) : texts_(texts) {
  out_.reserve(kUsualBytes);
  out_ += '{';
  objects_ = 1;
  depth_ = 1;
}

bool Writer::InObject() const { return depth_ > 0 && (objects_ >> (depth_ - 1) & 1U) != 0; }

void Writer::Separate() {
  const uint64_t here = uint64_t{1} << (depth_ - 1);
  if ((filled_ & here) != 0) out_ += ',';
  filled_ |= here;
}

void Writer::Key(std::string_view key) {
  LF_CHECK(InObject() && !after_key_, "a JSON key stands where no member begins");
  Separate();
  after_key_ = true;
  std::string valid;
  if (texts_ == Texts::kShown && FirstInvalidUtf8(key) != std::string_view::npos) key = valid = ToValidUtf8(key);
  Quote(key);
  out_ += ':';
}

void Writer::BeginValue() {
  LF_CHECK(depth_ > 0, "a JSON value follows the document");
  LF_CHECK(after_key_ || !InObject(), "a JSON value stands without its key");
  if (!after_key_) Separate();
  after_key_ = false;
}

void Writer::Value(std::string_view text) {
  BeginValue();
  std::string clean;
  std::string valid;
  if (texts_ == Texts::kShown) {
    if (KnowsSecrets()) text = clean = WithoutSecrets(text);
    if (FirstInvalidUtf8(text) != std::string_view::npos) text = valid = ToValidUtf8(text);
  }
  Quote(text);
}

void Writer::Value(int64_t number) {
  BeginValue();
  std::array<char, 24> digits{};
  const auto [end, problem] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out_.append(digits.data(), end);
}

void Writer::Value(double number) {
  LF_CHECK(std::isfinite(number), "JSON has no such number");
  BeginValue();
  const double size = std::abs(number);
  const bool plain = size == 0 || (size >= kShortestPlain && size < kLongestPlain);
  std::array<char, 64> digits{};
  const auto [end, problem] = std::to_chars(digits.data(), digits.data() + digits.size(), number,
                                            plain ? std::chars_format::fixed : std::chars_format::scientific);
  const std::string_view text(digits.data(), end);
  out_ += text;
  if (plain && !text.contains('.')) out_ += ".0";
}

void Writer::Value(const std::vector<std::string>& texts) {
  BeginList();
  for (const std::string& text : texts) Value(text);
  EndList();
}

void Writer::Word(std::string_view word) {
  BeginValue();
  out_ += word;
}

void Writer::BeginObject() { Begin(true); }
void Writer::BeginList() { Begin(false); }

void Writer::Begin(bool object) {
  BeginValue();
  LF_CHECK(depth_ < kDepthMax, "a JSON document nests too deep to be read");
  const uint64_t here = uint64_t{1} << depth_++;
  objects_ = object ? objects_ | here : objects_ & ~here;
  filled_ &= ~here;
  out_ += object ? '{' : '[';
}

// The document's own bracket is closed by Finish.
void Writer::End(bool object) {
  LF_CHECK(depth_ > 1 && InObject() == object, "a JSON bracket is closed that is not the last one opened");
  LF_CHECK(!after_key_, "a JSON key has no value");
  --depth_;
  out_ += object ? '}' : ']';
}

std::string Writer::Finish(std::string_view end) {
  LF_CHECK(depth_ == 1 && !after_key_, "a JSON document is left open");
  depth_ = 0;
  out_ += end;
  if (out_.size() <= kLineBytes) out_.shrink_to_fit();
  return Take();
}

void Writer::Quote(std::string_view text) {
  out_ += '"';
  size_t written = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (!kEscaped[static_cast<unsigned char>(text[at])]) continue;
    out_.append(text.substr(written, at - written));
    AppendEscape(out_, text[at]);
    written = at + 1;
  }
  out_.append(text.substr(written)) += '"';
}

}  // namespace lakeferry::json
