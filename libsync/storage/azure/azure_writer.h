// AzureWriter: writes one block blob: in one request where it is known to fit into a part, else block by block.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "env/object_store.h"
#include "storage/azure/azure_client.h"
#include "storage/cloud/part_tally.h"

namespace lakeferry::azure {

// So large that a blob of `size_bytes` has at most 50,000 blocks, and at least `part_bytes_min`.
[[nodiscard]] size_t PartBytesFor(std::optional<int64_t> size_bytes, size_t part_bytes_min);

// What every new blob is sent with: its kind, and its CRC-64/NVME as `x-ms-meta-lakeferrycrc64nvme` for people and
// their tools. It is never read back as a checksum that the store vouches for: whoever may write may write that too,
// and it stays where others change the bytes.
[[nodiscard]] Headers NewBlobHeaders(uint64_t crc64);

class AzureWriter final : public ObjectWriter {
 public:
  // `where` is what errors call the blob. Its blocks have names of their own, so that writers of one name do not mix.
  // `vouches`: the service compares checksums, so that its ETags name bytes.
  AzureWriter(std::shared_ptr<AzureClient> client, std::string blob, std::string where, size_t part_bytes,
              std::optional<int64_t> size_bytes, bool vouches = true);

  // Before anything is written: names its blocks by their content, and asks which of them a writer before has sent that
  // did so too. Only where the service compares checksums, so that a block is what its name says.
  Task<Status> TakeUp(Call call);
  // Whether the blob is to be sent in blocks.
  [[nodiscard]] bool in_blocks() const { return !in_one_; }
  [[nodiscard]] size_t part_bytes() const override { return part_bytes_; }
  // Memory of a blob in one part is needed until it is committed.
  Task<Result<Buffer>> Write(Call call, int64_t number, Buffer bytes) override;
  [[nodiscard]] bool MayHave(int64_t number) const override { return held_numbers_.contains(number); }
  [[nodiscard]] bool TakeOver(int64_t number, const Buffer& bytes) override;
  Task<Result<bool>> SetModified(Call call, TimeMs modified) override;
  Task<Result<PutOutcome>> CommitIfAbsent(Call call, int64_t size_bytes, ObjectChecksums checksums) override;
  [[nodiscard]] std::string etag() const override { return vouches_ ? etag_ : std::string(); }
  // No request takes blocks away: the service drops them a week after the last, or with the next blob of the name.
  // Until then nothing shows them.
  Task<Status> Abort(Call call) override;

 private:
  [[nodiscard]] std::string IdOf(int64_t number, uint64_t crc64) const;
  Task<Status> SendBlock(Call call, int64_t number, std::span<const char> bytes, uint64_t crc64);
  Task<Result<PutOutcome>> PutWhole(Call call);

  const std::shared_ptr<AzureClient> client_;
  const std::string blob_;
  const std::string where_;
  const size_t part_bytes_;
  bool in_one_;          // in one request
  const uint64_t name_;  // of the blocks, where they are not named by their content
  bool by_content_ = false;
  std::map<std::string, int64_t> held_;  // sent by a writer before: name and length
  std::set<int64_t> held_numbers_;
  std::map<int64_t, std::string> ids_;  // of the blocks of this blob
  const bool vouches_;
  std::string etag_;  // of what it created
  Buffer only_;       // of a blob in one part
  PartTally parts_;
};

}  // namespace lakeferry::azure
