// TableCatalog: who knows tables by name, as catalog.schema.table, and where they lie: a Unity Catalog. The two regions
// of a workspace have one each, or only one of them has. Calls end within the deadline they are given.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "async/call.h"
#include "async/task.h"
#include "base/catalog_table.h"
#include "base/result.h"
#include "base/vended_credential.h"

namespace lakeferry {

// Errors of all: kUnauthorized, kThrottled, kUnavailable, kCancelled; kCorruptData for an answer that is none of a
// catalog's; kInvalidArgument for a name that no table can have, and for what the catalog refuses.
class TableCatalog {
 public:
  virtual ~TableCatalog() = default;
  // By its name, in which upper and lower case are one. kNotFound where there is none, or the login may not see it.
  virtual Task<Result<CatalogTable>> Find(Call call, std::string name) = 0;
  // Everything that the schema has, by name, no page left out. `schema`: "catalog.schema"; kNotFound where there is
  // none.
  virtual Task<Result<std::vector<CatalogTable>>> TablesOf(Call call, std::string schema) = 0;
  // Has it from now on, unless it has one of that name: false then, whatever that one is.
  virtual Task<Result<bool>> Register(Call call, NewCatalogTable table) = 0;
  // What the folder of a table that it has can be read with for a time, or, with `write`, read and written.
  // kUnauthorized also where it may not be handed out to the login, saying which privilege it takes.
  virtual Task<Result<VendedCredential>> VendTable(Call call, CatalogTable table, bool write) = 0;
  // The same of a place that a table of it is to lie at, and none does yet. `uri`: as Location prints it.
  virtual Task<Result<VendedCredential>> VendPlace(Call call, std::string uri, bool write) = 0;
  // "the catalog at https://host", for people.
  [[nodiscard]] virtual std::string name() const = 0;
};

// Which end of a group's tables.
enum class CatalogSide : uint8_t { kSource, kTarget };

class TableCatalogs {
 public:
  virtual ~TableCatalogs() = default;
  // That of a group of the configuration, by its name; null where it has none at that end. Lives as long as this.
  [[nodiscard]] virtual TableCatalog* Of(const std::string& group, CatalogSide side) = 0;
};

}  // namespace lakeferry
