// Tries a store through its own interface, for the endpoints of whatever cloud; what the interface cannot ask the
// client of the service does.
#pragma once

#include "async/call.h"
#include "async/task.h"
#include "base/object_path.h"
#include "env/object_store.h"
#include "storage/cloud/probed.h"

namespace lakeferry {

class ProbeQuestions {
 public:
  virtual ~ProbeQuestions() = default;
  // Whether a new object at `path`, sent with the checksum of other bytes, is refused. Errors: what keeps it from being
  // tried.
  virtual Task<Result<bool>> RefusesWrongChecksum(Call call, ObjectPath path) = 0;
  // Whether the object at `path`, which is there, is kept from one whose signature is wrong. Errors: the same.
  virtual Task<Result<bool>> RefusesWrongSignature(Call call, ObjectPath path) = 0;
};

// Writes objects of a few bytes below the store's root, which is empty, two at a time of one part of the store's
// writers, and deletes all of them. The store is one that believes its service all it says; both arguments outlive the
// task. Errors: what keeps it from being tried, as of the store's own calls; an answer that is lost tells nothing of a
// service, and its step is taken anew.
Task<Result<Probed>> ProbeStore(Call call, ObjectStore& store, ProbeQuestions& questions);

}  // namespace lakeferry
