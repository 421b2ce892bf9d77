// RunNames: the known runs, looked up by what a commit says of itself. A look costs what the commit's text costs, not
// what there are of runs. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "delta/action.h"

namespace lakeferry::plan {

class RunNames {
 public:
  explicit RunNames(std::vector<std::string> run_ids);
  RunNames(const RunNames&) = delete;  // its index refers to its own names
  RunNames& operator=(const RunNames&) = delete;

  // The run that a commit names: equal to the run id of the job or of its parent, txnId or any string field of
  // commitInfo, or a whole word of userMetadata; of several the one that was given first. Absent where it names none.
  [[nodiscard]] std::optional<std::string> NamedIn(const delta::CommitInfo& info) const;

 private:
  void Equal(std::string_view text, std::optional<size_t>& found) const;
  void WordIn(std::string_view text, std::optional<size_t>& found) const;

  const std::vector<std::string> run_ids_;
  std::unordered_map<std::string_view, size_t> places_;
  std::vector<size_t> of_several_words_;  // places of those in which other characters stand than those of a word
};

}  // namespace lakeferry::plan
