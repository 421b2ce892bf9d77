// The grammar of the command line: every command and option with its help.
#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace lakeferry {

struct Invocation;

// Declares all of it in `app`, whose parsing then fills the options of `invocation` and sets its action. Both must
// outlive the parsing and the action.
void DeclareGrammar(CLI::App& app, Invocation& invocation);

}  // namespace lakeferry
