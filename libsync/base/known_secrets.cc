#include "base/known_secrets.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace lakeferry {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Of a secret of several lines, a key in PEM say, each line of this length is one too, but for its frame.
constexpr size_t kLineSoughtMin = 16;
constexpr std::string_view kPemFrame = "-----";

struct KnownSecret {
  Secret plain;
  size_t holders = 0;  // who never lets go is one, too
  // What Base64 makes of it behind 0, 1 or 2 bytes of a group, less the characters that hold bits of its neighbours.
  std::vector<Secret> in_base64;
};

struct Registry {
  std::mutex mutex;
  std::atomic<bool> any = false;
  std::vector<KnownSecret> secrets;
};

// Never taken down: texts are written until the very end.
Registry& TheRegistry() {
  static auto* const registry = new Registry;
  return *registry;
}

// Where in the text, from `begin` to before `end`.
using Stretch = std::pair<size_t, size_t>;

// The bits of `text` behind `lead` bytes, six at a time, without those that are not its own.
Secret InBase64(std::string_view text, size_t lead) {
  const size_t bits = (lead + text.size()) * 8;
  const auto byte_at = [&](size_t i) {
    return i < lead || i - lead >= text.size() ? 0U : static_cast<unsigned char>(text[i - lead]);
  };
  return Secret::Filled(bits / 6, [&](std::span<char> room) {
    size_t count = 0;
    for (size_t at = (lead * 8 + 5) / 6 * 6; at + 6 <= bits; at += 6) {
      const uint32_t two = byte_at(at / 8) << 8U | byte_at(at / 8 + 1);
      room[count++] = kAlphabet[two >> (10 - at % 8) & 0x3fU];
    }
    return count;
  });
}

bool IsBase64(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '+' || c == '/' ||
         c == '-' || c == '_' || c == '=';
}

char InStandardAlphabet(char c) { return c == '-' ? '+' : c == '_' ? '/' : c; }

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Where the secret that begins at `at` ends, with some of its bytes as %XX; absent where it does not begin there.
std::optional<size_t> EndOfEncoded(std::string_view text, size_t at, std::string_view secret) {
  for (const char wanted : secret) {
    if (at >= text.size()) return std::nullopt;
    const bool plus = text[at] == '+' && wanted == ' ';
    if (text[at] == wanted || plus) {
      ++at;
      continue;
    }
    if (text[at] != '%' || text.size() - at < 3) return std::nullopt;
    const int high = HexDigit(text[at + 1]);
    const int low = HexDigit(text[at + 2]);
    if (high < 0 || low < 0 || high * 16 + low != static_cast<unsigned char>(wanted)) return std::nullopt;
    at += 3;
  }
  return at;
}

void FindPlain(std::string_view text, std::string_view secret, std::vector<Stretch>& places) {
  for (size_t at = text.find(secret); at != std::string_view::npos; at = text.find(secret, at + 1)) {
    places.emplace_back(at, at + secret.size());
  }
}

void FindEncoded(std::string_view text, std::string_view secret, std::vector<Stretch>& places) {
  if (text.find('%') == std::string_view::npos && !secret.contains(' ')) return;
  for (size_t at = 0; at < text.size(); ++at) {
    if (const auto end = EndOfEncoded(text, at, secret)) places.emplace_back(at, *end);
  }
}

void FindBase64(std::string_view text, std::string_view standard, const KnownSecret& known,
                std::vector<Stretch>& places) {
  for (const Secret& form : known.in_base64) {
    for (size_t at = standard.find(form.Reveal()); at != std::string_view::npos;
         at = standard.find(form.Reveal(), at + 1)) {
      size_t begin = at;
      size_t end = at + form.Reveal().size();
      while (begin > 0 && text[begin - 1] != '=' && IsBase64(text[begin - 1])) --begin;
      while (end < text.size() && IsBase64(text[end])) ++end;
      places.emplace_back(begin, end);
    }
  }
}

std::string Replaced(std::string_view text, std::vector<Stretch> places) {
  std::ranges::sort(places);
  std::string out;
  size_t done = 0;
  for (const auto& [begin, end] : places) {
    if (begin >= done) {
      out += text.substr(done, begin - done);
      out += kSecretMark;
    }
    done = std::max(done, end);
  }
  out += text.substr(done);
  return out;
}

std::vector<KnownSecret>::iterator Find(Registry& registry, const Secret& secret) {
  return std::ranges::find_if(registry.secrets,
                              [&](const KnownSecret& known) { return known.plain.Reveal() == secret.Reveal(); });
}

void RememberText(const Secret& secret) {
  if (secret.Reveal().size() < kSecretSoughtMin) return;
  Registry& registry = TheRegistry();
  const std::lock_guard lock(registry.mutex);
  const auto found = Find(registry, secret);
  if (found != registry.secrets.end()) {
    ++found->holders;
    return;
  }
  KnownSecret known{.plain = secret, .holders = 1, .in_base64 = {}};
  for (const size_t lead : {0U, 1U, 2U}) known.in_base64.push_back(InBase64(secret.Reveal(), lead));
  registry.secrets.push_back(std::move(known));
  registry.any = true;
}

void ForgetText(const Secret& secret) {
  Registry& registry = TheRegistry();
  const std::lock_guard lock(registry.mutex);
  const auto found = Find(registry, secret);
  if (found == registry.secrets.end() || --found->holders > 0) return;
  registry.secrets.erase(found);
  registry.any = !registry.secrets.empty();
}

Secret LineOf(std::string_view line) {
  return Secret::Filled(line.size(), [line](std::span<char> room) {
    std::ranges::copy(line, room.begin());
    return line.size();
  });
}

}  // namespace

void RememberSecret(const Secret& secret) {
  RememberText(secret);
  std::string_view rest = secret.Reveal();
  if (!rest.contains('\n')) return;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.size() >= kLineSoughtMin && !line.starts_with(kPemFrame)) RememberText(LineOf(line));
  }
}

std::shared_ptr<const void> RememberWhile(const Secret& secret) {
  RememberText(secret);
  return {&TheRegistry(), [secret](const void*) { ForgetText(secret); }};
}

bool KnowsSecrets() { return TheRegistry().any; }

std::string WithoutSecrets(std::string_view text) {
  Registry& registry = TheRegistry();
  if (!registry.any || text.size() < kSecretSoughtMin) return std::string(text);
  std::string standard(text);
  std::ranges::transform(standard, standard.begin(), InStandardAlphabet);
  std::vector<Stretch> places;
  const std::lock_guard lock(registry.mutex);
  for (const KnownSecret& known : registry.secrets) {
    FindPlain(text, known.plain.Reveal(), places);
    FindEncoded(text, known.plain.Reveal(), places);
    FindBase64(text, standard, known, places);
  }
  return places.empty() ? std::string(text) : Replaced(text, std::move(places));
}

}  // namespace lakeferry
