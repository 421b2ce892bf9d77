#include "engine/log/commit_feed.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <string_view>

#include "async/hand_over.h"
#include "async/offload.h"
#include "async/progress.h"
#include "async/task_group.h"
#include "async/within_memory.h"
#include "delta/action_reader.h"
#include "delta/kept_actions.h"
#include "engine/log/piece_reader.h"
#include "env/store_calls.h"

namespace lakeferry::engine {
namespace {

// Below this text is parsed in place: handing it to the pool costs more.
constexpr size_t kOffloadBytes = size_t{64} << 10;
// A longer commit goes through in pieces.
constexpr size_t kSmallCommitBytes = size_t{1} << 20;
// One is read and one handed on while others are parsed.
constexpr size_t kPiecesAhead = 6;
// So many small commits are on their way at a time: a store answers within tens of milliseconds.
constexpr size_t kCommitsAhead = 8;
// So many of them are parsed before their turn: their actions take more than twice their text.
constexpr size_t kParsedAhead = 3;

// The actions of a piece of a commit's text. Its memory serves again.
class Piece {
 public:
  // As the sink has them.
  Piece(uint64_t file_seed, bool wants_files) : actions_(file_seed, wants_files) {}

  // `text` must live until Give has returned. `problem`: of the line that stands in its place.
  void Parse(std::string_view text, std::string_view where, const std::optional<delta::LineProblem>& problem = {}) {
    text_ = text;
    problem_ = problem;
    delta::ActionReader reader(where, actions_);
    parsed_ = Read(reader);
    lines_ = reader.lines();
    finished_ = reader.Finish();
  }
  // Hands the actions on. `lines`: those of the commit before these, and then with these.
  Status Give(std::string_view where, size_t& lines, delta::ActionSink& sink) {
    // Again, now that it is known how many lines came before: the error names the line.
    if (!parsed_) {
      delta::ActionReader again(where, actions_, lines);
      return Read(again);
    }
    lines += lines_;
    return actions_.Give(sink);
  }
  // As ActionReader's.
  [[nodiscard]] const Status& finished() const { return finished_; }

 private:
  Status Read(delta::ActionReader& reader) const { return problem_ ? reader.Refuse(*problem_) : reader.Read(text_); }

  delta::KeptActions actions_;
  std::string_view text_;
  std::optional<delta::LineProblem> problem_;
  Status parsed_;
  Status finished_;
  size_t lines_ = 0;
};

// A long line is read here as well: each thread of the pool would keep memory that one has needed.
template <typename Work>
Task<Status> OffloadLarge(const Environment& env, size_t bytes, Work work) {
  if (bytes < kOffloadBytes || bytes > kSmallCommitBytes) co_return work();
  co_return co_await Offload(env.cores, std::move(work));
}

// Parses the text and hands its actions on when their turn comes.
Task<Status> ParseAndGive(const Environment& env, HandOver& order, size_t number, std::string_view where,
                          const TextPiece& text, Piece& piece, std::function<Status()> give) {
  auto work = [&order, number, where, &text, &piece, &give]() -> Status {
    // Whatever fails, its place in the order is taken: others wait for it.
    auto parse = [&piece, &text, where]() -> Status {
      piece.Parse(text.text, where, text.problem);
      return {};
    };
    Status parsed = WithinMemory(parse);
    if (!parsed) give = [parsed = std::move(parsed)] { return parsed; };
    order.Put(number, std::move(give));
    return {};
  };
  LF_CO_TRY_OK(co_await OffloadLarge(env, text.text.size(), std::move(work)));
  co_return co_await order.Given(number);
}

// Nothing but an outcome takes the place in the order.
Task<Status> GiveOutcome(HandOver& order, size_t number, Status outcome) {
  order.Put(number, [outcome] { return outcome; });
  co_return co_await order.Given(number);
}

// One commit, in pieces. Reading has one order, for a piece begins where the last one has ended; parsing has none, and
// is what takes long; handing on has the order of the text again, because the sink may be told of a line only after
// those before it. So each worker reads, parses and hands on one piece after the other, and two orders hold the workers
// together: `reads_`, whose turn to read it is, and `order_`, whose turn to hand on. A worker that fails still takes
// its turn in both, or those behind it would wait for ever.
class PieceFeed {
 public:
  PieceFeed(const Environment& env, OpenCommit& commit, delta::ActionSink& sink, boost::asio::any_io_executor executor)
      : env_(env),
        where_(commit.where),
        sink_(sink),
        pieces_(*commit.object),
        reads_(executor),
        order_(executor),
        finished_(delta::ActionReader(where_, sink_).Finish()) {}

  Task<Status> Run(Call call) {
    LF_CO_TRY_OK(co_await ParallelFor(kPiecesAhead, kPiecesAhead, [this, &call](size_t) { return Work(call); }));
    co_return std::move(finished_);
  }

 private:
  Task<Status> Work(Call call) {
    Piece piece(sink_.file_seed(), sink_.wants_files());
    const auto give = [this, &piece] {
      if (!finished_) finished_ = piece.finished();
      return piece.Give(where_, lines_, sink_);
    };
    Status outcome;
    for (bool more = true; more && outcome;) {
      const size_t number = next_++;
      const Result<TextPiece> read = co_await Read(call, number);
      const size_t bytes = read ? read->text.size() : 0;
      more = read && !read->empty();
      if (more) {
        outcome = co_await ParseAndGive(env_, order_, number, where_, *read, piece, give);
      } else {
        outcome = co_await GiveOutcome(order_, number, read ? Status{} : std::unexpected(read.error()));
      }
      over_ = over_ || !outcome;
      if (bytes > kPieceBytes) piece = Piece(sink_.file_seed(), sink_.wants_files());
      reads_.Advance(number + 1);
    }
    co_return outcome;
  }

  // The next piece; empty after the last, and after an error.
  Task<Result<TextPiece>> Read(Call call, size_t number) {
    co_await reads_.Reach(number);
    if (over_) co_return TextPiece{};
    Result<TextPiece> read = co_await TaskWithinMemory(pieces_.Next(call));
    over_ = over_ || !read || read->empty();
    // Nothing is read ahead of a long line: a log may hold many, each takes many times its size.
    if (!read || read->text.size() <= kPieceBytes) reads_.Advance(number + 1);
    co_return read;
  }

  const Environment& env_;
  std::string_view where_;
  delta::ActionSink& sink_;
  PieceReader pieces_;
  Progress reads_;
  HandOver order_;
  size_t next_ = 0;
  bool over_ = false;  // all is read, or an error came
  // Of what has been handed on; of nothing, at first, which is an error.
  size_t lines_ = 0;
  Status finished_;
};

// Commits, the last one first.
class CommitFeed {
 public:
  using Commits = std::span<const std::pair<Version, delta::LogFile>>;
  using Opener = std::function<Task<Result<OpenCommit>>(Version)>;
  CommitFeed(const Environment& env, Commits commits, Opener open, delta::LogReplay& replay,
             boost::asio::any_io_executor executor)
      : env_(env), commits_(commits), open_(std::move(open)), replay_(replay), order_(std::move(executor)) {}

  Task<Status> Run(Call call) {
    co_return co_await ParallelFor(commits_.size(), kCommitsAhead,
                                   [this, &call](size_t number) { return Feed(call, number); });
  }

 private:
  Task<Status> Feed(Call call, size_t number) {
    const auto& [version, file] = commits_[commits_.size() - 1 - number];
    if (std::cmp_greater(file.size_bytes, kSmallCommitBytes)) return FeedLarge(call, number, version);
    return FeedSmall(call, number, version);
  }

  // A large one is its turn's only work: it goes through in pieces.
  Task<Status> FeedLarge(Call call, size_t number, Version version) {
    const bool its_turn = co_await order_.TurnOf(number);
    Status fed;
    if (its_turn) fed = co_await TaskWithinMemory(FeedPieces(call, version));
    co_return co_await GiveOutcome(order_, number, std::move(fed));
  }

  Task<Status> FeedPieces(Call call, Version version) {
    LF_CO_TRY(OpenCommit commit, co_await open_(version));
    delta::ActionSink& sink = replay_.BeginCommit(commit.where);
    LF_CO_TRY_OK(co_await FeedCommit(call, env_, std::move(commit), sink));
    replay_.EndCommit();
    co_return Status{};
  }

  Task<Status> FeedSmall(Call call, size_t number, Version version) {
    auto text = TakeSpare(texts_);
    std::string where;
    Status outcome = co_await TaskWithinMemory(ReadSmall(call, version, text, where));
    if (outcome) {
      co_await order_.TurnOf(number - std::min(number, kParsedAhead));
      auto piece = TakeSpare(pieces_, replay_.file_seed(), replay_.wants_files());
      const auto give = [this, &piece, &where] { return GiveSmall(piece, where); };
      const TextPiece whole{.text = text, .memory = nullptr, .problem = std::nullopt};
      outcome = co_await ParseAndGive(env_, order_, number, where, whole, piece, give);
      pieces_.push_back(std::move(piece));
    } else {
      outcome = co_await GiveOutcome(order_, number, std::move(outcome));
    }
    texts_.push_back(std::move(text));
    co_return outcome;
  }

  Task<Status> ReadSmall(Call call, Version version, std::string& text, std::string& where) {
    LF_CO_TRY(OpenCommit commit, co_await open_(version));
    where = std::move(commit.where);
    if (std::cmp_greater(commit.object->size_bytes(), kSmallCommitBytes)) {
      co_return Fail(ErrorCode::kUnavailable, "the commit is longer than it was when the log was listed", where,
                     "it is tried again");
    }
    co_return co_await ReadAll(call, *commit.object, text);
  }

  Status GiveSmall(Piece& piece, const std::string& where) {
    size_t lines = 0;
    LF_TRY_OK(piece.Give(where, lines, replay_.BeginCommit(where)));
    LF_TRY_OK(piece.finished());
    replay_.EndCommit();
    return {};
  }

  // Memory that has served, or new.
  template <typename T, typename... Arguments>
  static T TakeSpare(std::vector<T>& spares, Arguments... arguments) {
    if (spares.empty()) return T(arguments...);
    T spare = std::move(spares.back());
    spares.pop_back();
    return spare;
  }

  const Environment& env_;
  Commits commits_;
  Opener open_;
  delta::LogReplay& replay_;
  HandOver order_;
  std::vector<std::string> texts_;
  std::vector<Piece> pieces_;
};

}  // namespace

Task<Status> FeedCommits(Call call, const Environment& env, std::span<const std::pair<Version, delta::LogFile>> commits,
                         std::function<Task<Result<OpenCommit>>(Version)> open, delta::LogReplay& replay) {
  const auto executor = co_await boost::asio::this_coro::executor;
  CommitFeed feed(env, commits, std::move(open), replay, executor);
  co_return co_await feed.Run(call);
}

Task<Status> FeedCommit(Call call, const Environment& env, OpenCommit commit, delta::ActionSink& sink) {
  if (std::cmp_less_equal(commit.object->size_bytes(), kOffloadBytes)) {
    LF_CO_TRY(const std::string text, co_await ReadAll(call, *commit.object));
    co_return delta::ReadActions(text, commit.where, sink);
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  PieceFeed feed(env, commit, sink, executor);
  co_return co_await feed.Run(call);
}

}  // namespace lakeferry::engine
