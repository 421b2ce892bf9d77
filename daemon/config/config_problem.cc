#include "daemon/config/config_problem.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "base/shown_text.h"

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

std::string ToText(const std::string& file, const std::vector<ConfigProblem>& problems) {
  std::string text;
  for (const ConfigProblem& problem : problems) {
    if (!text.empty()) text += "\n";
    text += OneLine(fmt::format("{}: {}", ToString(file, problem.place), problem.message));
    if (!problem.remedy.empty()) text += OneLine("; " + problem.remedy);
  }
  return text;
}

}  // namespace lakeferry
