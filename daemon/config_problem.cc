#include "daemon/config_problem.h"

#include <fmt/format.h>

#include <map>
#include <utility>

namespace lakeferry {

std::string ToString(const std::string& file, const ConfigPlace& place) {
  std::string text = file;
  if (place.line > 0) text += fmt::format(":{}:{}", place.line, place.column);
  if (!place.path.empty()) text += " " + place.path;
  return text;
}

void ConfigProblems::Add(const ConfigPlace& place, std::string message, std::string remedy) {
  problems_.push_back({.place = place, .message = std::move(message), .remedy = std::move(remedy)});
}

std::vector<ConfigProblem> ConfigProblems::Sorted() const {
  std::multimap<std::pair<int, int>, const ConfigProblem*> by_place;  // keeps the order of what stands at one place
  for (const ConfigProblem& problem : problems_)
    by_place.emplace(std::pair(problem.place.line, problem.place.column), &problem);
  std::vector<ConfigProblem> sorted;
  for (const auto& [place, problem] : by_place) sorted.push_back(*problem);
  return sorted;
}

}  // namespace lakeferry
