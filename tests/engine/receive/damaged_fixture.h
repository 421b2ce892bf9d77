// DamagedManifest: manifests and parts that no sender of this program writes, though their digests are right.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {

// The counts of a table, as what its parts hold makes them.
class PartCounts final : public plan::PartSink {
 public:
  explicit PartCounts(plan::ManifestTable* table) : table_(table) {
    table_->adds = table_->removes = table_->files = table_->bytes = 0;
  }
  Status OnAdd(delta::AddFile&&) override { return Note(&table_->adds, 0); }
  Status OnRemove(delta::RemoveFile&&) override { return Note(&table_->removes, 0); }
  Status OnFile(plan::StagedFile&& file) override { return Note(&table_->files, file.size); }
  Status OnCommit(plan::StagedCommit&& commit) override { return Note(&table_->adds, commit.file.size); }
  Status OnLogFile(plan::StagedFile&& file) override { return Note(&log_files_, file.size); }

 private:
  Status Note(int64_t* count, int64_t size) {
    ++*count;
    table_->bytes += size;
    return {};
  }
  plan::ManifestTable* table_;
  int64_t log_files_ = 0;
};

// What becomes of a line.
using Change = std::function<std::string(std::string)>;

inline Change Without(std::string begin) {
  return [=](std::string line) { return line.starts_with(begin) ? std::string() : line; };
}
inline Change Instead(std::string in, std::string what, std::string by) {
  return [=](std::string line) {
    const size_t at = line.starts_with(in) ? line.find(what) : std::string::npos;
    return at == std::string::npos ? line : line.replace(at, what.size(), by);
  };
}
// `more` before each line that begins so.
inline Change InFrontOf(std::string begin, std::string more) {
  return [=](std::string line) { return line.starts_with(begin) ? more + "\n" + line : line; };
}

class DamagedManifest : public GroupReceiverTest {
 protected:
  explicit DamagedManifest(delta::ReplicationMode mode = delta::ReplicationMode::kClone) : GroupReceiverTest(mode) {}

  // Rewrites the first part of a table, and the manifest with it: `change` gives what stands instead of a line, of
  // which there may be more; nothing, for none. The counts are made good as far as the lines can be read.
  void Rewrite(int64_t epoch, size_t table, const Change& change) {
    const plan::StagingLayout layout("orders");
    plan::Manifest manifest = world_.ManifestOf(epoch);
    plan::ManifestTable& entry = manifest.tables[table];
    plan::ManifestPart& part = entry.parts.at(0);
    const std::string text = world_.Text(world_.staging(), layout.Part(Epoch(epoch), part.sha256).text());
    std::string out;
    for (size_t at = 0; at < text.size();) {
      const size_t end = text.find('\n', at);
      const std::string line = change(text.substr(at, end - at));
      at = end + 1;
      if (!line.empty()) out += line + "\n";
    }
    part.lines = std::ranges::count(out, '\n');
    part.bytes = static_cast<int64_t>(out.size());
    part.sha256 = Sha256Hex(out);
    PartCounts counts(&entry);
    static_cast<void>(plan::ReadPart(out, "rewritten", counts));
    world_.staging().Set(layout.Part(Epoch(epoch), part.sha256).text(), out);
    world_.staging().Set(layout.Manifest(Epoch(epoch)).text(), plan::WriteManifest(manifest));
  }
  // The manifest with another value somewhere.
  void Edit(int64_t epoch, const std::function<void(plan::Manifest&)>& change) {
    plan::Manifest manifest = world_.ManifestOf(epoch);
    change(manifest);
    world_.staging().Set(plan::StagingLayout("orders").Manifest(Epoch(epoch)).text(), plan::WriteManifest(manifest));
  }
};

class DamagedManifestOfAMirror : public DamagedManifest {
 protected:
  DamagedManifestOfAMirror() : DamagedManifest(delta::ReplicationMode::kMirror) {}
};

}  // namespace lakeferry::engine
