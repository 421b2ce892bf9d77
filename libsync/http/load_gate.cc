#include "http/load_gate.h"

#include <algorithm>
#include <list>
#include <stop_token>
#include <utility>

#include "http/retry.h"

namespace lakeferry {
namespace {

// A pause may have begun, or have become longer, since somebody fell asleep.
constexpr Millis kLongestSleep{1'000};

}  // namespace

struct LoadGate::Service {
  LoadLimit limit;
  size_t running = 0;
  std::list<Waiter*> waiting;

  // Those who may go now are woken.
  void Wake(Millis now);
};

// One who waits, in its own coroutine: asleep until it may go, its call is stopped or its time is over.
class LoadGate::Waiter {
 public:
  Waiter(Service& service, std::stop_token outer) : service_(service), link_(std::move(outer), Request{&woken_}) {
    place_ = service_.waiting.insert(service_.waiting.end(), this);
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    if (!admitted_) service_.waiting.erase(place_);
  }

  void Admit() {
    admitted_ = true;
    service_.waiting.erase(place_);
    woken_.request_stop();
  }
  [[nodiscard]] bool admitted() const { return admitted_; }
  [[nodiscard]] std::stop_token woken() const { return woken_.get_token(); }

 private:
  struct Request {
    std::stop_source* source;
    void operator()() const { source->request_stop(); }
  };

  Service& service_;
  std::stop_source woken_;
  std::list<Waiter*>::iterator place_;
  bool admitted_ = false;
  std::stop_callback<Request> link_;
};

void LoadGate::Service::Wake(Millis now) {
  while (!waiting.empty() && limit.Admits(running, now)) {
    ++running;
    waiting.front()->Admit();
  }
}

// One that has been let through, until its answer is there.
class LoadGate::Passage {
 public:
  Passage(std::shared_ptr<Service> service, Clock& clock)
      : service_(std::move(service)), clock_(clock), round_(service_->limit.round()) {}
  Passage(const Passage&) = delete;
  Passage& operator=(const Passage&) = delete;
  ~Passage() {
    --service_->running;
    service_->Wake(clock_.Monotonic());
  }

  void Learn(const Result<HttpReply>& reply) {
    if (!reply) return;
    if (RetryClassOf(reply->status) != RetryClass::kNotDone) {
      service_->limit.Fine(service_->running);
    } else {
      service_->limit.Busy(round_, service_->running, clock_.Monotonic(),
                           RetryAfter(reply->headers, clock_.WallTime()));
    }
  }

 private:
  const std::shared_ptr<Service> service_;
  Clock& clock_;
  const uint64_t round_;
};

std::shared_ptr<LoadGate::Service> LoadGate::Of(const Origin& origin) {
  std::shared_ptr<Service>& service = services_[origin];
  if (service == nullptr) service = std::make_shared<Service>();
  return service;
}

int64_t LoadGate::waiting() const {
  int64_t count = 0;
  for (const auto& [origin, service] : services_) count += std::ssize(service->waiting);
  return count;
}

Task<Status> LoadGate::Enter(Call call, std::shared_ptr<Service> service) {
  if (service->waiting.empty() && service->limit.Admits(service->running, clock_.Monotonic())) {
    ++service->running;
    co_return Status();
  }
  Waiter waiter(*service, call.stop);
  while (!waiter.admitted()) {
    const Millis now = clock_.Monotonic();
    LF_CO_TRY_OK(CheckWanted(call, now));
    Millis sleep = std::min(kLongestSleep, service->limit.paused_until() - now);
    if (sleep <= Millis(0)) sleep = kLongestSleep;
    if (call.deadline) sleep = std::min(sleep, *call.deadline - now);
    co_await clock_.SleepFor(call.StoppedBy(waiter.woken()), std::max(sleep, Millis(1)));
    if (!waiter.admitted()) service->Wake(clock_.Monotonic());
  }
  co_return Status();
}

Task<Result<HttpReply>> LoadGate::Send(Call call, HttpRequest request, ReplyBody& body) {
  const std::shared_ptr<Service> service = Of(request.origin);
  LF_CO_TRY_OK(co_await Enter(call, service));
  Passage passage(service, clock_);
  auto reply = co_await http_.Send(std::move(call), std::move(request), body);
  passage.Learn(reply);
  co_return reply;
}

}  // namespace lakeferry
