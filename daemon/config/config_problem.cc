#include "daemon/config/config_problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/shown_text.h"

namespace lakeferry {

std::string ToString(const std::string& file, const ConfigPlace& place) { return SpotOf(file, place).text(); }

Place SpotOf(const std::string& file, const ConfigPlace& place) {
  return ConfigSpot{
      .file = place.file.empty() ? file : place.file, .line = place.line, .column = place.column, .key = place.path};
}

std::string SeenFrom(const ConfigPlace& here, const ConfigPlace& place) {
  return here.file == place.file ? fmt::format("line {}", place.line) : fmt::format("{}:{}", place.file, place.line);
}

std::string PathOfKey(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

std::string PathOfElement(const std::string& path, size_t index) { return fmt::format("{}[{}]", path, index); }

void ConfigProblems::Add(const ConfigPlace& place, std::string message, std::string remedy) {
  problems_.push_back({.place = place, .message = std::move(message), .remedy = std::move(remedy)});
}

std::vector<ConfigProblem> ConfigProblems::Sorted() const {
  // Keeps the order of what stands at one place.
  std::multimap<std::tuple<size_t, int, int>, const ConfigProblem*> by_place;
  for (const ConfigProblem& problem : problems_) {
    const ConfigPlace& place = problem.place;
    const auto file = place.file.empty() ? 0 : 1 + (std::ranges::find(files_, place.file) - files_.begin());
    by_place.emplace(std::tuple(static_cast<size_t>(file), place.line, place.column), &problem);
  }
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
