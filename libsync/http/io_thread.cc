#include "http/io_thread.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "base/check.h"
#include "http/reply_reader.h"
#include "http/request_head.h"

namespace lakeferry {
namespace {

namespace asio = boost::asio;

constexpr Millis kTick{50};
constexpr size_t kKeptMax = 256;  // for one origin: as many as may be at work at once, else each ends with its request
constexpr Millis kLateReplyMax{2'000};
// A body so small goes out with the header, in one piece.
constexpr size_t kInOnePiece = size_t{16} << 10;

// Asks a thread to cut something off, if it is still there then.
class StopLink {
 public:
  StopLink(std::stop_token stop, asio::any_io_executor executor, DeadlineWatch::Entry& waits)
      : waits_(std::make_shared<DeadlineWatch::Entry*>(&waits)), link_(std::move(stop), Request{executor, waits_}) {}
  ~StopLink() { *waits_ = nullptr; }
  StopLink(const StopLink&) = delete;
  StopLink& operator=(const StopLink&) = delete;

 private:
  using Place = std::shared_ptr<DeadlineWatch::Entry*>;
  struct Request {
    asio::any_io_executor executor;
    Place place;
    void operator()() const {
      asio::post(executor, [place = place] {
        if (*place != nullptr) (*place)->Cut(DeadlineWatch::Why::kStop);
      });
    }
  };
  Place waits_;
  std::stop_callback<Request> link_;
};

// One more for as long as it lives.
class Running {
 public:
  explicit Running(std::atomic<int>& count) : count_(count) { count_.fetch_add(1, std::memory_order_relaxed); }
  ~Running() { count_.fetch_sub(1, std::memory_order_relaxed); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  std::atomic<int>& count_;
};

// What a failed exchange means to whoever asked.
Error Meaning(Error error, DeadlineWatch::Why why, bool sent, const HttpRequest& request) {
  if (why == DeadlineWatch::Why::kStop) {
    error = {.code = ErrorCode::kCancelled, .message = "the request was given up, as it was asked for"};
  } else if (why == DeadlineWatch::Why::kTime && error.code == ErrorCode::kUnavailable) {
    error.message = "no answer in time";
  }
  if (error.code == ErrorCode::kUnavailable && sent) error.code = ErrorCode::kOutcomeUnknown;
  if (error.where.empty()) error.where = ToString(request.origin);
  return error;
}

// Sent twice, these do what they do once.
bool MayBeRepeated(Method method) { return method == Method::kGet || method == Method::kHead; }

}  // namespace

IoThread::IoThread(Dialer::Trust trust, const ProxyRules& proxies, HttpTimes times, ServersSeen& seen)
    : times_(times),
      proxies_(proxies),
      work_(asio::make_work_guard(loop_)),
      tick_(loop_),
      dialer_(loop_.get_executor(), std::move(trust), proxies, seen) {
  asio::co_spawn(loop_, LookAgainAndAgain(),
                 [](std::exception_ptr failure) { LF_CHECK(!failure, "an exception left the look at deadlines"); });
  thread_ = std::thread([this] { loop_.run(); });
}

IoThread::~IoThread() {
  Stop();
  kept_.clear();
}

void IoThread::Stop() {
  loop_.stop();
  if (thread_.joinable()) thread_.join();
}

Task<void> IoThread::LookAgainAndAgain() {
  while (true) {
    tick_.expires_after(kTick);
    boost::system::error_code error;
    co_await tick_.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    watch_.Look();
    CloseOld();
  }
}

void IoThread::CloseOld() {
  const SteadyTime now = std::chrono::steady_clock::now();
  for (auto origin = kept_.begin(); origin != kept_.end();) {
    std::erase_if(origin->second, [&](const Kept& one) { return one.until <= now; });
    origin = origin->second.empty() ? kept_.erase(origin) : std::next(origin);
  }
}

std::unique_ptr<Wire> IoThread::TakeKept(const Origin& origin) {
  const auto found = kept_.find(origin);
  if (found == kept_.end()) return nullptr;
  while (!found->second.empty()) {
    std::unique_ptr<Wire> wire = std::move(found->second.back().wire);
    found->second.pop_back();
    if (wire->IsQuiet()) return wire;
  }
  return nullptr;
}

void IoThread::Keep(const Origin& origin, std::unique_ptr<Wire> wire) {
  std::vector<Kept>& kept = kept_[origin];
  if (kept.size() >= kKeptMax) return;
  kept.push_back({.wire = std::move(wire), .until = std::chrono::steady_clock::now() + times_.kept});
}

Task<Result<HttpReply>> IoThread::Run(Job job) {
  const Running running(running_);
  auto reply = co_await asio::co_spawn(loop_, Serve(std::move(job)), asio::use_awaitable);
  co_return reply;
}

Task<Result<HttpReply>> IoThread::Serve(Job job) {
  const bool whole_target = !job.request.origin.tls && proxies_.For(job.request.origin) != nullptr;
  auto head = RequestHead(job.request, whole_target);
  LF_CO_TRY_OK(head);
  if (job.request.body.size() <= kInOnePiece) head->append(job.request.body.data(), job.request.body.size());
  DeadlineWatch::Entry waits(watch_, job.whole);
  const StopLink link(job.stop, loop_.get_executor(), waits);
  while (true) {
    Progress progress;
    auto reply = co_await Attempt(job, *head, waits, progress);
    const bool cut = waits.why() != DeadlineWatch::Why::kNotCut;
    // Most likely the other side closed it while the request was under way.
    const bool again = !reply && !cut && progress.kept && !progress.began &&
                       reply.error().code == ErrorCode::kUnavailable &&
                       (!progress.sent || MayBeRepeated(job.request.method));
    if (again) continue;
    if (reply) co_return reply;
    co_return std::unexpected(Meaning(std::move(reply).error(), waits.why(), progress.sent, job.request));
  }
}

Task<Result<HttpReply>> IoThread::Attempt(Job& job, const std::string& head, DeadlineWatch::Entry& waits,
                                          Progress& progress) {
  std::unique_ptr<Wire> wire = TakeKept(job.request.origin);
  progress.kept = wire != nullptr;
  if (!wire) {
    auto dialed = co_await dialer_.Dial(job.request.origin, waits);
    LF_CO_TRY(wire, std::move(dialed));
  }
  bool keeps = false;
  waits.CutWith([open = wire.get()] { open->Close(); });
  auto reply = co_await Exchange(job, head, *wire, waits, progress, keeps);
  waits.CutWith({});
  if (keeps) Keep(job.request.origin, std::move(wire));
  co_return reply;
}

Task<Status> IoThread::WriteRequest(const Job& job, const std::string& head, Wire& wire, DeadlineWatch::Entry& waits,
                                    Progress& progress) const {
  const std::span<const char> body = job.request.body;
  const auto after = body.size() <= kInOnePiece ? std::span<const char>() : body;
  for (std::span<const char> rest : {std::span<const char>(head), after}) {
    while (!rest.empty()) {
      waits.Allow(times_.idle);
      const auto count = co_await wire.Write(rest);
      LF_CO_TRY_OK(count);
      progress.sent = true;
      rest = rest.subspan(*count);
    }
  }
  co_return Status();
}

Task<Result<HttpReply>> IoThread::Exchange(Job& job, const std::string& head, Wire& wire, DeadlineWatch::Entry& waits,
                                           Progress& progress, bool& keeps) {
  const Status written = co_await WriteRequest(job, head, wire, waits, progress);
  // Who answers before all of it has come, with a refusal, often closes: its answer may be there all the same.
  if (!written && (!progress.sent || waits.why() != DeadlineWatch::Why::kNotCut)) {
    co_return std::unexpected(written.error());
  }
  ReplyReader reader(job.request.method, job.body);
  waits.Allow(written ? times_.first_byte : kLateReplyMax);
  while (!reader.done()) {
    const auto count = co_await wire.Read(reader.Room());
    LF_CO_TRY_OK(count);
    const Status taken = *count == 0 ? reader.Ended() : reader.Took(*count);
    progress.began = reader.began();
    LF_CO_TRY_OK(taken);
    waits.Allow(times_.idle);
  }
  keeps = written.has_value() && reader.keeps_alive();
  co_return reader.TakeReply();
}

}  // namespace lakeferry
