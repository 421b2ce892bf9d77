// ServiceClient: questions to a workflow service or a catalog over HTTP and its answers, which are JSON of a bounded
// length. What every such service has in common is here: who asks, attempts and their pauses, refusals, and answers
// that are none.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "base/time.h"
#include "env/clock.h"
#include "env/random.h"
#include "http/service/authorizer.h"
#include "http/transport.h"

namespace lakeferry {

// What it refers to outlives every call.
struct ServiceContext {
  HttpTransport& http;
  Clock& clock;
  Random& random;
};

// An answer that is no refusal of who asked: a success, or a status from 400 to 499 whose meaning the caller knows.
struct ServiceText {
  int status = 0;
  std::string text;

  [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
};

// The longest answer that is taken.
inline constexpr size_t kServiceBytesMax = size_t{8} << 20;

// On the engine thread; outlives whoever waits.
class ServiceClient {
 public:
  // `name`: "the Databricks workspace". `base`: where its paths begin, a URL that ParseUrl has taken. `authorizer`:
  // null for nobody. `subject`: what it is asked for, "workflow".
  ServiceClient(ServiceContext context, std::string name, Url base, std::shared_ptr<Authorizer> authorizer,
                std::string subject = "workflow");

  // `target`: path and query below the base, beginning with '/'. Tried again where the service is busy, fails or does
  // not answer, after the pause that it asks for; once more with another token where it refuses this one.
  //   kUnauthorized   it refuses who asks; its certificate is not to be trusted
  //   kThrottled      it wants to be left alone for longer than anybody waits here; Error::retry_after says how long
  //   kUnavailable    it does not answer, or fails, however often it is asked
  //   kCorruptData    what answers is not this service: a web page, a redirect, more than kServiceBytesMax
  //   kCancelled
  Task<Result<ServiceText>> Get(Call call, std::string target);
  // The same with a JSON document that is sent. It may be sent again after an attempt that had no answer and was done
  // all the same: only for what comes to no more then.
  Task<Result<ServiceText>> Post(Call call, std::string target, std::string document);

  // What the service's clock showed in its newest answer; absent before the first, and where none said so.
  [[nodiscard]] std::optional<TimeMs> date() const { return date_; }

  // "the Databricks workspace"; "https://host".
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& where() const { return where_; }
  // kCorruptData: an answer that is not one of this service's. `why` is for people.
  [[nodiscard]] std::unexpected<Error> WrongAnswer(std::string_view why) const;
  // The error that a status from 400 to 499 comes to, with what the service says of it.
  [[nodiscard]] std::unexpected<Error> Refusal(const ServiceText& answer) const;

 private:
  struct Reply {
    HttpReply http;
    std::string text;
  };
  struct Question {
    Method method = Method::kGet;
    std::string target;
    std::string document = {};
  };
  Task<Result<ServiceText>> Ask(Call call, Question question);
  Task<Result<Reply>> Once(Call call, const Question& question, Authorizer::Refused& refused);
  [[nodiscard]] std::unexpected<Error> GiveUp(const Result<Reply>& reply) const;
  [[nodiscard]] Result<ServiceText> Judge(Reply reply) const;

  const ServiceContext context_;
  const std::string name_;
  const Url base_;
  const std::string where_;
  const std::string subject_;
  const std::shared_ptr<Authorizer> authorizer_;
  std::optional<TimeMs> date_;
};

// What a refusal says of its reason, on one line and without secrets: the member `message`, `detail` or `error` of its
// JSON; empty where it has none.
[[nodiscard]] std::string ReasonIn(std::string_view text);

}  // namespace lakeferry
