// Tracer: who is told how epochs went. It keeps what it is told and returns at once: nothing waits for it.
#pragma once

#include "plan/trace/epoch_trace.h"

namespace lakeferry {

class Tracer {
 public:
  virtual ~Tracer() = default;
  virtual void Take(plan::EpochTrace trace) = 0;
};

}  // namespace lakeferry
