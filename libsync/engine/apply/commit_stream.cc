#include "engine/apply/commit_stream.h"

namespace lakeferry::engine {

Task<Status> CommitStream::Append(Call call, std::string line) {
  line += '\n';
  co_return co_await stream_.Append(call, line);
}

}  // namespace lakeferry::engine
