// StoreFactory: opens the store that a URI of the configuration names, for what is to be done there.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "env/object_store.h"
#include "env/table_catalog.h"

namespace lakeferry {

// What a store is opened for. Each may be granted to credentials of its own, so that whoever does one thing cannot do
// another: a sender reads sources and writes staging, a receiver reads staging and writes targets. Whoever writes reads
// as well.
enum class StoreRight {
  kReadSource,    // a table is read: a source, or whatever table people ask about
  kWriteStaging,  // what this side has to say in staging: manifests, parts and objects, or receipts
  kReadStaging,   // what lies in staging is read
  kWriteTarget,   // a replica is read, written and, by `gc` alone, deleted from
  kPlaceTarget,   // objects are added to a replica's folder and read there, but for its log; nothing is replaced
};
// "read source", …
[[nodiscard]] std::string_view RightName(StoreRight right);
[[nodiscard]] bool MayWrite(StoreRight right);

// Of a table whose credentials are handed out by its catalog: which one, and the table's name there.
struct Vending {
  std::string group;  // whose catalog at `side` it is
  CatalogSide side = CatalogSide::kSource;
  std::string table;

  auto operator<=>(const Vending&) const = default;
};

struct StoreRef {
  std::string uri;
  std::string credential = {};  // its name; empty: the service's own default
  StoreRight right;
  std::optional<Vending> vending = {};  // in place of `credential`

  auto operator<=>(const StoreRef&) const = default;
};

class StoreFactory {
 public:
  virtual ~StoreFactory() = default;
  // The store rooted at `ref.uri`. Two calls may return one object only where right and credential are the same.
  // kInvalidArgument for a malformed URI, and for a scheme that is not built into this version, naming those that are.
  // Touches nothing.
  virtual Result<std::shared_ptr<ObjectStore>> Open(const StoreRef& ref) = 0;
  // Where each of these roots is now, in their order, for telling two names of one place; none need exist. It is asked
  // in nobody's name: it reads nothing below the roots, and for a store that is far the URI tells. Errors, of each root
  // its own: as of Open, and of the file system.
  virtual Task<std::vector<Result<StorePlace>>> Locate(Call call, std::vector<std::string> uris) = 0;
  // Whether one clock dates what is written below either: then the times of one say how the other's stand.
  virtual Task<Result<bool>> ShareClock(Call call, std::string uri, std::string other) = 0;
};

}  // namespace lakeferry
