// The receiver's look at receipts that it did not put, or does not remember: which of them count (PROTOCOL.md
// section 5). A receipt is words; that an epoch was applied, only the tables can say.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/receive/replica_witness.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// A receipt that does not count.
struct UncountedReceipt {
  std::string why;
  bool staged = false;  // the epoch has a manifest, so that it is still to be answered
  std::string bytes;    // of the receipt, where it is staged: an answer of ours may take its place
};

struct KnownReceipts {
  std::vector<EpochRecord> records;  // of those that count, ascending, as manifest and receipt tell them
  Epoch answered;                    // the newest of them; as it was given where there is none
  std::string answered_sha256;       // of its manifest
  // False: no target is there that could tell whether they are true. They say where to go on from, and no more:
  // nothing of them goes on record.
  bool proven = true;
  std::map<Epoch, UncountedReceipt> uncounted;
};

// What the receiver remembers.
struct ReceiverMemory {
  Epoch answered;             // the newest epoch that it answered
  std::string sha256;         // of its manifest
  bool half_applied = false;  // some epoch may be: every table has to bear a receipt out then
  Epoch begun;                // the newest epoch that it took up; 0: none, or it has lost its memory
};

// Receipts of epochs that it does not remember to have answered. The newest that says "applied" and that the tables
// bear out counts, and all before it; so do refusals behind it, up to the first epoch that is still to be answered.
// kRefused where a receipt is of another manifest, or speaks for other targets than this receiver's and its tables do
// not bear it out; the staging area's and the witness's errors.
Task<Result<KnownReceipts>> WeighReceipts(Call call, const plan::GroupSpec& spec, const StagingArea& staging,
                                          ReplicaWitness& witness, ReceiverMemory memory);

}  // namespace lakeferry::engine
