// What the command line says of itself: help within 80 columns, of every command, and the nearest word for a wrong one.
#include <CLI/CLI.hpp>
#include <sstream>

#include "daemon/commands/command.h"
#include "daemon/commands/command_line.h"
#include "daemon/commands/examples.h"
#include "daemon/commands/grammar.h"

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

struct HelpAnswer {
  int code = 0;
  std::string out;
  std::string err;
};

HelpAnswer InvokeHelp(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  const int code = RunCommandLine(arguments, out, err);
  return {.code = code, .out = out.str(), .err = err.str()};
}

std::vector<std::string> LinesIn(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The words of a help's list of commands.
std::vector<std::string> CommandsIn(const std::string& help) {
  std::vector<std::string> words;
  bool inside = false;
  for (const std::string& line : LinesIn(help)) {
    if (line.empty()) inside = false;
    if (inside && line.starts_with("  ") && line[2] != ' ') words.push_back(line.substr(2, line.find(' ', 2) - 2));
    if (line == "Commands:") inside = true;
  }
  return words;
}

// Every command that help leads to, by its words.
void Collect(const std::vector<std::string>& words, std::vector<std::vector<std::string>>& all) {
  all.push_back(words);
  std::vector<std::string> arguments = words;
  arguments.emplace_back("--help");
  for (const std::string& word : CommandsIn(InvokeHelp(arguments).out)) {
    std::vector<std::string> deeper = words;
    deeper.push_back(word);
    Collect(deeper, all);
  }
}

TEST(Help, OfEveryCommandHasGlobalOptionsAndAnExampleWithin80Columns) {
  std::vector<std::vector<std::string>> all;
  Collect({}, all);
  EXPECT_GT(all.size(), 15U);
  for (std::vector<std::string> words : all) {
    std::string name = "lakeferry";
    for (const std::string& word : words) name += " " + word;
    words.emplace_back("--help");
    const HelpAnswer help = InvokeHelp(words);
    EXPECT_EQ(help.code, 0) << name;
    EXPECT_THAT(help.out, AllOf(HasSubstr("Usage: " + name), HasSubstr("--config FILE"), HasSubstr("--json")));
    for (const std::string& line : LinesIn(help.out)) EXPECT_LE(line.size(), 80U) << line;
    if (!CommandsIn(help.out).empty()) continue;
    EXPECT_THAT(help.out, HasSubstr("\nExamples:\n  ")) << name;
    EXPECT_THAT(help.out, HasSubstr(name + " ")) << "an example of another command";
  }
}

TEST(Help, SaysWhatAnOptionTakesAndWhatItIsWithoutIt) {
  const std::string status = InvokeHelp({"status", "--help"}).out;
  EXPECT_THAT(status, AllOf(HasSubstr("Usage: lakeferry status [GROUP] [OPTIONS]"), HasSubstr("--role sender|receiver"),
                            HasSubstr("(default:\n"), HasSubstr("LAKEFERRY_CONFIG"), Not(HasSubstr("--version"))));
  EXPECT_THAT(InvokeHelp({"history", "--help"}).out, HasSubstr("--limit N             at most so many"));
  EXPECT_THAT(InvokeHelp({"runs", "add", "--help"}).out,
              AllOf(HasSubstr("lakeferry runs add WORKFLOW --run-id ID --state STATE"), HasSubstr("(required)")));
  EXPECT_THAT(InvokeHelp({"--help"}).out, AllOf(HasSubstr("--version"), Not(HasSubstr("grammar"))));
}

TEST(Help, ExamplesAreCommandsThatParse) {
  EXPECT_THAT(ExamplesOf("lakeferry status"), SizeIs(2));
  EXPECT_THAT(ExamplesOf("lakeferry runs"), IsEmpty());
  std::vector<std::vector<std::string>> all;
  Collect({}, all);
  for (const std::vector<std::string>& words : all) {
    std::string name = "lakeferry";
    for (const std::string& word : words) name += " " + word;
    for (std::string line : ExamplesOf(name)) {
      const std::string as_service = "runuser -u lakeferry -- ";
      if (line.starts_with(as_service)) line.erase(0, as_service.size());
      std::ostringstream nowhere;
      CLI::App app("", "lakeferry");
      Invocation invocation{.options = {}, .out = nowhere, .err = nowhere, .action = {}};
      DeclareGrammar(app, invocation);
      EXPECT_NO_THROW(app.parse(line, true)) << line;
      EXPECT_TRUE(invocation.action) << line;
    }
  }
}

TEST(Help, AWrongOptionOrCommandNamesTheNearest) {
  EXPECT_THAT(InvokeHelp({"verify", "--depe"}).err, HasSubstr("did you mean --deep? 'lakeferry verify --help'"));
  EXPECT_THAT(InvokeHelp({"runs", "add", "w", "--run_ids=3", "--state", "success"}).err,
              HasSubstr("did you mean --run-id?"));
  EXPECT_THAT(InvokeHelp({"status", "--confg", "x"}).err, HasSubstr("did you mean --config?"));
  EXPECT_THAT(InvokeHelp({"status", "--whatever"}).err, Not(HasSubstr("did you mean")));
  EXPECT_THAT(InvokeHelp({"stauts"}).err, HasSubstr("did you mean status?"));
  EXPECT_THAT(InvokeHelp({"runs", "ad"}).err, HasSubstr("did you mean add?"));
}

TEST(Grammar, IsOneDocumentOfEveryCommand) {
  const HelpAnswer grammar = InvokeHelp({"grammar"});
  EXPECT_EQ(grammar.code, 0);
  EXPECT_THAT(grammar.out, AllOf(HasSubstr(R"("name":"lakeferry runs add")"),
                                 HasSubstr(R"("choices":["sender","receiver"])"), Not(HasSubstr("switchover"))));
}

}  // namespace
}  // namespace lakeferry
