#include "plan/cut/run_names.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace lakeferry::plan {
namespace {

bool IsWordChar(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.' || c == ':' || c == '+';
}

// True iff `name` stands in `text` with no word character on either side.
bool HoldsName(std::string_view text, std::string_view name) {
  for (size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const bool left = at == 0 || !IsWordChar(text[at - 1]) || !IsWordChar(name.front());
    const size_t end = at + name.size();
    const bool right = end == text.size() || !IsWordChar(text[end]) || !IsWordChar(name.back());
    if (left && right) return true;
  }
  return false;
}

void Take(size_t place, std::optional<size_t>& found) { found = std::min(place, found.value_or(place)); }

}  // namespace

RunNames::RunNames(std::vector<std::string> run_ids) : run_ids_(std::move(run_ids)) {
  for (size_t place = 0; place < run_ids_.size(); ++place) {
    const std::string& id = run_ids_[place];
    if (id.empty() || !places_.emplace(id, place).second) continue;
    if (!std::ranges::all_of(id, IsWordChar)) of_several_words_.push_back(place);
  }
}

void RunNames::Equal(std::string_view text, std::optional<size_t>& found) const {
  const auto known = places_.find(text);
  if (known != places_.end()) Take(known->second, found);
}

void RunNames::WordIn(std::string_view text, std::optional<size_t>& found) const {
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    while (at < text.size() && IsWordChar(text[at])) ++at;
    if (at > begin) Equal(text.substr(begin, at - begin), found);
    while (at < text.size() && !IsWordChar(text[at])) ++at;
  }
  for (const size_t place : of_several_words_) {
    if (HoldsName(text, run_ids_[place])) Take(place, found);
  }
}

std::optional<std::string> RunNames::NamedIn(const delta::CommitInfo& info) const {
  std::optional<size_t> found;
  for (const auto* field : {&info.job_run_id, &info.job_parent_run_id, &info.txn_id}) {
    if (*field) Equal(**field, found);
  }
  for (const auto& [key, text] : info.other_strings) Equal(text, found);
  if (info.user_metadata) WordIn(*info.user_metadata, found);
  if (!found) return std::nullopt;
  return run_ids_[*found];
}

}  // namespace lakeferry::plan
