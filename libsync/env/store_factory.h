// StoreFactory: opens the store a URI of the configuration names (file://, later s3://, abfss://, gs://).
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "env/object_store.h"

namespace lakeferry {

class StoreFactory {
 public:
  virtual ~StoreFactory() = default;
  // The store rooted at `uri`; two calls with one URI may return the same object. kInvalidArgument for a scheme that is
  // not built or a malformed URI, naming the schemes there are. Touches nothing.
  virtual Result<std::shared_ptr<ObjectStore>> Open(const std::string& uri) = 0;
  // Whether one clock dates what is written below either: then the times of one say how the other's stand.
  virtual Task<Result<bool>> ShareClock(Call call, std::string uri, std::string other) = 0;
};

}  // namespace lakeferry
