// A signature that is wrong in one character: what a probe sends to see whether the service looks at it. Pure.
#pragma once

#include "http/message.h"

namespace lakeferry {

// Changes a character of the signature that the request bears in its Authorization or in its URL (`sig`). One that
// says nothing of who sends it comes to bear one that nobody gave out.
void SpoilSignature(HttpRequest& request);

// Whether a request with such a signature was turned away for it.
[[nodiscard]] inline bool IsTurnedAway(int status) { return status == 400 || status == 401 || status == 403; }

}  // namespace lakeferry
