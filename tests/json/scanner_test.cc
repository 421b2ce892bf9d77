#include "json/scanner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::json {
namespace {

// What is met, as one text: brackets as they are, k(name), v(scalar), and what stands between as it is.
class Listener : public Scanner::Listener {
 public:
  void OnOpen(bool object) override { met += object ? "{" : "["; }
  void OnClose(bool object) override { met += object ? "}" : "]"; }
  void OnBetween(std::string_view text) override { met += text; }
  void OnKeyPart(std::string_view raw) override { part_ += raw; }
  void OnKeyEnd() override { met += "k(" + std::exchange(part_, "") + ")"; }
  void OnScalar(char first) override { met += first == '"' ? "t(" : "v("; }
  void OnScalarPart(std::string_view raw) override { met += raw; }
  void OnScalarEnd() override { met += ")"; }

  std::string met;

 private:
  std::string part_;
};

struct Scan {
  std::string met;
  std::string problem;
};

Scan ScanIn(std::string_view text, size_t piece) {
  Listener listener;
  Scanner scanner(listener);
  for (size_t at = 0; at < text.size(); at += piece) scanner.Read(text.substr(at, piece));
  std::string problem = scanner.Finish();
  return {.met = listener.met, .problem = std::move(problem)};
}

TEST(JsonScanner, SaysWhatItMeetsHoweverTheTextIsCut) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{}", "{}"},
      {"[]", "[]"},
      {" 1 ", " v(1) "},
      {R"("a\"\u00e9\\")", R"(t(a\"\u00e9\\))"},
      {R"({"a":1,"b" : [true,null,false,"x"] })", R"({k(a):v(1),k(b) : [v(true),v(null),v(false),t(x)] })"},
      {R"([0,-0,1.5,-2e10,3E+4,0.1e-7])", "[v(0),v(-0),v(1.5),v(-2e10),v(3E+4),v(0.1e-7)]"},
      {R"({"":{"":""}})", "{k():{k():t()}}"},
      {"[[[],{}]]", "[[[],{}]]"},
  };
  for (const auto& [text, met] : cases) {
    for (const size_t piece : {size_t{1}, size_t{2}, size_t{5}, text.size()}) {
      const Scan scan = ScanIn(text, piece);
      EXPECT_EQ(scan.met, met) << text << " in pieces of " << piece;
      EXPECT_EQ(scan.problem, "") << text << " in pieces of " << piece;
    }
  }
}

TEST(JsonScanner, RefusesWhatIsNoJson) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "it ends too early"},
      {"{", "it ends too early"},
      {"[1", "it ends too early"},
      {R"("a)", "it ends too early"},
      {R"("a\)", "it ends too early"},
      {"tru", "it ends too early"},
      {"{} 1", "something follows it"},
      {"1 2", "something follows it"},
      {"{1:2}", "a name is missing"},
      {R"({"a":1,})", "a name is missing"},
      {R"({"a" 1})", "a colon is missing"},
      {R"({"a":})", "a value is missing"},
      {"[1,]", "a value is missing"},
      {"nul1", "a value is missing"},
      {"x", "a value is missing"},
      {"[1}", "a comma or a bracket is missing"},
      {R"({"a":1])", "a comma or a bracket is missing"},
      {"[1 2]", "a comma or a bracket is missing"},
      {"[01]", "a comma or a bracket is missing"},
      {"-", "a number ends too early"},
      {"[1.]", "a number ends too early"},
      {"[1e]", "a number ends too early"},
      {"[1e+]", "a number ends too early"},
      {R"("\x")", "an escape is not known"},
      {R"("\u00g0")", "an escape is not known"},
      {"\"\n\"", "a text holds a control character"},
      {std::string(Scanner::kDepthMax + 1, '['), "it nests too deep"},
  };
  for (const auto& [text, problem] : cases) {
    for (const size_t piece : {size_t{1}, text.size() + 1}) {
      EXPECT_EQ(ScanIn(text, piece).problem, problem) << text.substr(0, 100) << " in pieces of " << piece;
    }
  }
}

TEST(JsonScanner, NestsAsDeepAsItSays) {
  const std::string text = std::string(Scanner::kDepthMax, '[') + std::string(Scanner::kDepthMax, ']');
  EXPECT_EQ(ScanIn(text, text.size()).problem, "");
}

}  // namespace
}  // namespace lakeferry::json
