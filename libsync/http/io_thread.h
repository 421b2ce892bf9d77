// IoThread: one thread with its own event loop, and the connections that live there. A request is written and its reply
// read on one of them; decisions stay with whoever asked.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "async/task.h"
#include "base/result.h"
#include "http/deadline_watch.h"
#include "http/dialer.h"
#include "http/message.h"
#include "http/wire.h"

namespace lakeferry {

// How long the steps of a request may take; the whole of it is limited by its Call alone.
struct HttpTimes {
  Millis first_byte = Millis(60'000);  // from the request's last byte to the first of its reply
  Millis idle = Millis(30'000);        // between two reads or writes that move anything
  Millis kept = Millis(15'000);        // a connection without a request is closed then
};

class IoThread {
 public:
  // `proxies` and `seen` outlive it.
  IoThread(Dialer::Trust trust, const ProxyRules& proxies, HttpTimes times, ServersSeen& seen);
  // Ends what still goes on, without its replies.
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  struct Job {
    HttpRequest request;
    ReplyBody& body;
    std::stop_token stop;
    SteadyTime whole;
  };
  // As HttpTransport::Send. Called from any thread, completes on the caller's.
  Task<Result<HttpReply>> Run(Job job);
  [[nodiscard]] int running() const { return running_.load(std::memory_order_relaxed); }
  void Stop();

 private:
  struct Kept {
    std::unique_ptr<Wire> wire;
    SteadyTime until;
  };
  // How far an exchange has come, for what its failure means.
  struct Progress {
    bool sent = false;   // some of it
    bool began = false;  // the reply
    bool kept = false;   // over a connection that was kept
  };
  // These run on the thread.
  Task<Result<HttpReply>> Serve(Job job);
  Task<Result<HttpReply>> Attempt(Job& job, const std::string& head, DeadlineWatch::Entry& waits, Progress& progress);
  Task<Result<HttpReply>> Exchange(Job& job, const std::string& head, Wire& wire, DeadlineWatch::Entry& waits,
                                   Progress& progress, bool& keeps);
  Task<Status> WriteRequest(const Job& job, const std::string& head, Wire& wire, DeadlineWatch::Entry& waits,
                            Progress& progress) const;
  [[nodiscard]] std::unique_ptr<Wire> TakeKept(const Origin& origin);
  void Keep(const Origin& origin, std::unique_ptr<Wire> wire);
  Task<void> LookAgainAndAgain();
  void CloseOld();

  const HttpTimes times_;
  const ProxyRules& proxies_;
  DeadlineWatch watch_;  // outlives what still waits on the loop
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer tick_;
  Dialer dialer_;
  std::map<Origin, std::vector<Kept>> kept_;
  std::atomic<int> running_ = 0;
  std::thread thread_;
};

}  // namespace lakeferry
