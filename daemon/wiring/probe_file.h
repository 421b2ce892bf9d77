// ProbeFile: what probes of object stores found, in a file beside the metadata store, as JSON. It is a cache: lost or
// damaged, or longer than such a file gets, it is made again.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "env/clock.h"
#include "storage/cloud/probe_book.h"

namespace lakeferry {

class ProbeFile final : public ProbeBook {
 public:
  // `clock` outlives it. Nothing is read or kept before Use.
  explicit ProbeFile(const Clock& clock) : clock_(clock) {}

  // "<metadata_store>.tried", from now on. Nothing is kept beside a metadata store that is not there.
  void Use(std::string metadata_store);

  std::optional<Probed> Find(const std::string& place) override;
  void Keep(const std::string& place, const Probed& probed) override;
  // All whose time is not over, by place.
  [[nodiscard]] std::map<std::string, Probed> All() const;

 private:
  [[nodiscard]] std::string Path() const { return metadata_store_ + ".tried"; }

  const Clock& clock_;
  std::string metadata_store_;  // empty: none
};

}  // namespace lakeferry
