#include "daemon/setup/first_questions.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/shown_text.h"
#include "daemon/setup/first_tables.h"

namespace lakeferry::setup {
namespace {

constexpr size_t kNamesMax = 5;

class Dialogue {
 public:
  Dialogue(std::istream& in, std::ostream& out) : in_(in), out_(out) {}

  // One line, without the spaces around it; what stands in brackets for an empty one.
  Result<std::string> Ask(std::string_view question, const std::string& otherwise) {
    out_ << question << (otherwise.empty() ? "" : fmt::format(" [{}]", OneLine(otherwise))) << " " << std::flush;
    std::string line;
    if (!std::getline(in_, line)) {
      return Fail(ErrorCode::kCancelled, "the answers ended before the questions", {},
                  "say it on the command line: lakeferry init --source PLACE --target PLACE");
    }
    const size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos) return otherwise;
    return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
  }

  void Say(const std::string& text) { out_ << text << "\n"; }
  void Say(const Error& error) { Say("  " + OneLine(ToString(error))); }

  // Until it is a place.
  Result<std::string> AskPlace(std::string_view question, const std::string& otherwise) {
    while (true) {
      LF_TRY(const std::string answer, Ask(question, otherwise));
      Result<std::string> uri = PlaceUri(answer);
      if (uri) return uri;
      Say(uri.error());
    }
  }

  Result<std::string> AskMode() {
    while (true) {
      LF_TRY(std::string mode, Ask("clone (a history of its own) or mirror (the source's commits)?", "clone"));
      if (mode == "clone" || mode == "mirror") return mode;
      Say("  answer clone or mirror");
    }
  }

 private:
  std::istream& in_;
  std::ostream& out_;
};

void SayTables(Dialogue& dialogue, const std::vector<ObjectPath>& tables) {
  std::string text = fmt::format("  {} table{} there", tables.size(), tables.size() == 1 ? "" : "s");
  for (size_t i = 0; i < std::min(tables.size(), kNamesMax); ++i) {
    text += fmt::format("{} {}", i == 0 ? ":" : ",", tables[i].empty() ? "the place itself" : tables[i].text());
  }
  if (tables.size() > kNamesMax) text += ", …";
  dialogue.Say(OneLine(text));
}

// Until tables are found; empty for an empty answer.
Result<std::string> AskSource(Dialogue& dialogue, const TableFinder& find) {
  while (true) {
    LF_TRY(std::string answer,
           dialogue.Ask("Below which folder or URI do the tables lie (nothing: write an example)?", {}));
    if (answer.empty()) return answer;
    const Result<std::string> uri = PlaceUri(answer);
    const auto tables = uri ? find(*uri) : std::unexpected(uri.error());
    if (tables) {
      SayTables(dialogue, *tables);
      return *uri;
    }
    dialogue.Say(tables.error());
  }
}

}  // namespace

Result<FirstWords> Ask(std::istream& in, std::ostream& out, const TableFinder& find, FirstWords words) {
  Dialogue dialogue(in, out);
  LF_TRY(words.places.source, AskSource(dialogue, find));
  if (words.places.source.empty()) return words;
  LF_TRY(words.places.target, dialogue.AskPlace("Below which place are their replicas to lie?", {}));
  LF_TRY(words.places.staging,
         dialogue.AskPlace("Where does the sender write what the receiver reads?", StagingBeside(words.places.target)));
  LF_TRY(words.group, dialogue.Ask("What is the group of these tables called?", words.group));
  LF_TRY(words.workflow, dialogue.Ask("Which job's runs make the cuts (nothing: the clock, every 15 minutes)?", {}));
  LF_TRY(words.mode, dialogue.AskMode());
  LF_TRY(words.region, dialogue.Ask("What is the region called that this host stands in?", words.region));
  return words;
}

}  // namespace lakeferry::setup
