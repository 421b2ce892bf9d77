// ConfiguredCatalogs: for each end of each group the catalog that the configuration names, and the SQL warehouse of the
// one of the targets.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/wiring/service_logins.h"
#include "env/random.h"
#include "env/sql_warehouse.h"
#include "env/table_catalog.h"

namespace lakeferry {

// What it refers to outlives it.
struct CatalogParts {
  LoginParts login;
  Clock& clock;
  Random& random;
};

// On the engine thread. Touches nothing before a catalog is asked.
class ConfiguredCatalogs final : public TableCatalogs, public SqlWarehouses {
 public:
  explicit ConfiguredCatalogs(CatalogParts parts) : parts_(parts) {}

  // Groups whose catalogs changed have others from their next question on.
  void Use(const Config& config);
  [[nodiscard]] TableCatalog* Of(const std::string& group, CatalogSide side) override;
  [[nodiscard]] SqlWarehouse* WarehouseOf(const std::string& group) override;

 private:
  struct Entry {
    CatalogSettings settings;
    std::unique_ptr<TableCatalog> catalog;    // null before the first question
    std::unique_ptr<SqlWarehouse> warehouse;  // likewise
  };
  using Key = std::pair<std::string, CatalogSide>;
  [[nodiscard]] std::unique_ptr<TableCatalog> Make(const CatalogSettings& settings) const;
  [[nodiscard]] std::unique_ptr<SqlWarehouse> MakeWarehouse(const CatalogSettings& settings) const;

  const CatalogParts parts_;
  std::map<Key, Entry> entries_;
  std::vector<Entry> replaced_;  // whoever asked one may still wait for it
};

}  // namespace lakeferry
