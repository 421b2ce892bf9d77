// What an endpoint does with conditions and checksums, found by trying it: services that speak S3 differ, and some
// overlook what they do not know.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "async/task.h"
#include "base/time.h"
#include "storage/s3/s3_client.h"

namespace lakeferry::s3 {

struct Probed {
  bool refuses_second_put = false;  // If-None-Match: *, one after the other
  bool one_of_two_puts = false;     // and at once
  bool refuses_second_completion = false;
  bool refuses_second_copy = false;  // CopyObject; what is there stays
  bool checks_checksums = false;     // a wrong one is refused
  bool shows_what_it_took = false;   // read and listed at once after the write
  std::optional<TimeMs> ends = {};   // when it has to be tried again

  // Commits can be written there.
  [[nodiscard]] bool safe() const { return refuses_second_put && one_of_two_puts && shows_what_it_took; }
};

// Writes and deletes objects of a few bytes below `folder`, which ends with '/'. Errors: what keeps it from being
// tried, as of the store's own calls.
Task<Result<Probed>> ProbeBucket(Call call, std::shared_ptr<S3Client> client, std::string folder);

// Why nothing is committed there; success where it is safe. `where`: the store.
[[nodiscard]] Status CheckSafe(const Probed& probed, std::string where);
// "second put refused; of two at once one wins; …", for people.
[[nodiscard]] std::string Describe(const Probed& probed);

}  // namespace lakeferry::s3
