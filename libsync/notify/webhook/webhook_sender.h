// WebhookSender: posts what is to be told of incidents to one receiver. Its address may be a secret by itself, and is
// in no error.
#pragma once

#include <string>

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "base/secret.h"
#include "env/clock.h"
#include "http/origin.h"
#include "http/transport.h"
#include "notify/webhook/webhook_body.h"
#include "plan/record/incident.h"

namespace lakeferry::notify {

struct WebhookTarget {
  std::string name;  // as people call it
  WebhookKind kind = WebhookKind::kGeneric;
  lakeferry::Url url;
  Secret secret = {};  // signs the body; of PagerDuty its routing key
};

// One attempt. A redirect is followed nowhere. `id`: the same for the same message, so that the receiver can tell one
// that came twice. What the receiver answers but its status is not looked at.
//   kUnavailable, kThrottled   it is to be tried again; Error::retry_after says when at the earliest, where it was said
//   kRefused                   another attempt would come to the same: a status from 300 to 499 that is no "later"
// `http` and `clock` outlive the task.
Task<Status> PostWebhook(Call call, HttpTransport& http, const Clock& clock, WebhookTarget target, Incident incident,
                         std::string id);

}  // namespace lakeferry::notify
