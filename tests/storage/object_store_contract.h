// The contract of env/object_store.h as tests, one for each sentence that an adapter can fail, in rooms by subject.
// Include it in one file of a test executable, and instantiate ObjectStoreContract in any file of it with each store.
#pragma once

#include "tests/storage/contract/calls.h"     // IWYU pragma: export
#include "tests/storage/contract/copying.h"   // IWYU pragma: export
#include "tests/storage/contract/deleting.h"  // IWYU pragma: export
#include "tests/storage/contract/listing.h"   // IWYU pragma: export
#include "tests/storage/contract/reading.h"   // IWYU pragma: export
#include "tests/storage/contract/resuming.h"  // IWYU pragma: export
#include "tests/storage/contract/times.h"     // IWYU pragma: export
#include "tests/storage/contract/writing.h"   // IWYU pragma: export
