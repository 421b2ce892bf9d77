// SourceContext: what sources of credentials speak through.
#pragma once

#include "env/clock.h"
#include "http/transport.h"
#include "storage/aws/credentials.h"
#include "storage/aws/settings.h"
#include "storage/cloud/host.h"

namespace lakeferry::aws {

// What it refers to outlives every call.
struct SourceContext {
  HttpTransport& http;
  HttpTransport& metadata;  // for services of this machine, which no proxy stands in front of
  Host& host;
  const Clock& clock;
};

}  // namespace lakeferry::aws
