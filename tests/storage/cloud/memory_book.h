// MemoryBook: what probes found, as a test looks at it or says it.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "storage/cloud/probe_book.h"

namespace lakeferry {

class MemoryBook final : public ProbeBook {
 public:
  std::optional<Probed> Find(const std::string& place) override {
    const auto found = kept.find(place);
    return found == kept.end() ? std::nullopt : std::optional(found->second);
  }
  void Keep(const std::string& place, const Probed& probed) override { kept[place] = probed; }

  std::map<std::string, Probed> kept;
};

}  // namespace lakeferry
