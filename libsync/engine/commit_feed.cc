#include "engine/commit_feed.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "delta/action_batch.h"
#include "delta/action_reader.h"
#include "engine/task_group.h"
#include "env/offload.h"

namespace lakeferry::engine {
namespace {

// Below this a commit is parsed in place: handing it to the pool costs more.
constexpr size_t kOffloadBytes = size_t{256} << 10;
// About so much text makes a piece, but for a longer line.
constexpr size_t kPieceBytes = size_t{256} << 10;
// Pieces of a group, parsed side by side.
constexpr size_t kPieces = 2;

// Whole lines of a commit, and the actions in them once they are parsed.
struct Piece {
  std::string text;
  delta::ActionBatch actions;
  Status parsed;
  size_t lines = 0;
  bool holds_actions = false;
};
using Group = std::array<Piece, kPieces>;

// Cuts the text of an object into pieces at line ends.
class PieceReader {
 public:
  explicit PieceReader(ObjectReader* object) : object_(object) {}

  // The next piece; empty after the last.
  Task<Status> Read(std::string* text) {
    text->assign(rest_);
    rest_.clear();
    while (!ended_) {
      const size_t have = text->size();
      text->resize(std::max(have * 2, kPieceBytes));
      LF_CO_TRY(const size_t read, co_await object_->Read(std::span(*text).subspan(have)));
      text->resize(have + read);
      ended_ = read == 0;
      const size_t whole = text->rfind('\n') + 1;
      // The last line may lack its end; one that is too long is for the reader of actions to refuse.
      if (ended_ || (whole == 0 && text->size() > delta::kLineBytesMax)) break;
      if (whole == 0 || text->size() < kPieceBytes) continue;
      rest_.assign(*text, whole);
      text->resize(whole);
      break;
    }
    co_return Status{};
  }

 private:
  ObjectReader* object_;
  std::string rest_;  // the beginning of a line
  bool ended_ = false;
};

class CommitFeed {
 public:
  CommitFeed(const Environment& env, ObjectReader* object, std::string where, delta::ActionSink* sink)
      : env_(env), pieces_(object), where_(std::move(where)), sink_(sink) {}

  Task<Status> Run() {
    // Three groups take turns: one is read, one is parsed, one is handed on.
    std::array<Group, 3> groups;
    for (size_t turn = 0; !std::ranges::all_of(groups, IsEmpty) || turn == 0; ++turn) {
      Group& given = groups[turn % 3];
      Group& parsed = groups[(turn + 1) % 3];
      Group& read = groups[(turn + 2) % 3];
      auto work = [&](size_t i) -> Task<Status> {
        if (i == 0) return Read(read);
        if (i == 1) return Give(given);
        return Parse(parsed[i - 2]);
      };
      LF_CO_TRY_OK(co_await ParallelFor(kPieces + 2, kPieces + 2, work));
    }
    if (holds_actions_) co_return Status{};
    co_return delta::ActionReader(where_, *sink_).Finish();
  }

 private:
  static bool IsEmpty(const Group& group) {
    return std::ranges::all_of(group, [](const Piece& piece) { return piece.text.empty(); });
  }

  Task<Status> Read(Group& group) {
    for (Piece& piece : group) LF_CO_TRY_OK(co_await pieces_.Read(&piece.text));
    co_return Status{};
  }

  Task<Status> Parse(Piece& piece) {
    if (piece.text.empty()) co_return Status{};
    auto parse = [this, &piece] {
      delta::ActionReader reader(where_, piece.actions);
      piece.parsed = reader.Read(piece.text);
      piece.lines = reader.lines();
      piece.holds_actions = reader.Finish().has_value();
    };
    co_await Offload(env_.pool, parse);
    co_return Status{};
  }

  Task<Status> Give(Group& group) {
    if (IsEmpty(group)) co_return Status{};
    auto give = [this, &group]() -> Status {
      for (Piece& piece : group) {
        LF_TRY_OK(GivePiece(piece));
        piece.text.clear();
      }
      return {};
    };
    co_return co_await Offload(env_.pool, give);
  }

  Status GivePiece(Piece& piece) {
    if (piece.text.empty()) return {};
    if (!piece.parsed) {
      // Again, now that it is known how many lines came before: the error names the line.
      delta::ActionBatch none;
      return delta::ActionReader(where_, none, lines_).Read(piece.text);
    }
    lines_ += piece.lines;
    holds_actions_ = holds_actions_ || piece.holds_actions;
    return piece.actions.Give(*sink_);
  }

  const Environment& env_;
  PieceReader pieces_;
  std::string where_;
  delta::ActionSink* sink_;
  size_t lines_ = 0;
  bool holds_actions_ = false;
};

}  // namespace

Task<Status> FeedCommit(const Environment& env, ObjectReader& object, std::string where, delta::ActionSink& sink) {
  if (std::cmp_greater_equal(object.size_bytes(), kPieceBytes)) {
    CommitFeed feed(env, &object, std::move(where), &sink);
    co_return co_await feed.Run();
  }
  std::string text;
  LF_CO_TRY_OK(co_await PieceReader(&object).Read(&text));
  auto parse = [&] { return delta::ReadActions(text, where, sink); };
  if (text.size() < kOffloadBytes) co_return parse();
  co_return co_await Offload(env.pool, parse);
}

}  // namespace lakeferry::engine
