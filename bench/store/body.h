// Body: what came with a request, held against what the request says of it.
#pragma once

#include <cstdint>

#include "async/task.h"
#include "bench/store/content.h"
#include "bench/store/inbox.h"
#include "bench/store/refusal.h"

namespace lakeferry::bench {

struct Body {
  Content content;
  uint64_t crc64 = 0;
  bool summed = false;  // a checksum was said
};

// The refusal of one whose body has not come whole: nobody is there to read it.
inline constexpr int kGone = 0;

// `drop`: it is summed and not kept, where it comes without framing. As BodySums; MissingContentLength,
// EntityTooLarge, IncompleteBody.
Task<Answer<Body>> ReadBody(Inbox& inbox, const Request& request, bool drop);

// Takes the framing of aws-chunked away, in place: what is left of `framed`. Sums are updated, and take its trailer.
Answer<int64_t> TakeChunks(std::span<char> framed, BodySums& sums);

}  // namespace lakeferry::bench
