// UnityCatalog: a Unity Catalog by its REST API 2.1, the open-source server's and Databricks' alike. Remembers nothing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/unity/table_info.h"
#include "env/table_catalog.h"
#include "http/service/service_client.h"

namespace lakeferry::unity {

// On the engine thread; outlives whoever waits.
class UnityCatalog final : public TableCatalog {
 public:
  // `server`: the workspace, or the host that serves the catalog, without /api.
  UnityCatalog(ServiceContext context, Url server, std::shared_ptr<Authorizer> authorizer);

  Task<Result<CatalogTable>> Find(Call call, std::string name) override;
  // kRefused for more tables than kListedRunsMax.
  Task<Result<std::vector<CatalogTable>>> TablesOf(Call call, std::string schema) override;
  Task<Result<bool>> Register(Call call, NewCatalogTable table) override;
  Task<Result<VendedCredential>> VendTable(Call call, CatalogTable table, bool write) override;
  Task<Result<VendedCredential>> VendPlace(Call call, std::string uri, bool write) override;
  [[nodiscard]] std::string name() const override;

 private:
  struct Page {
    std::vector<CatalogTable> tables;
    std::string next;  // empty: it was the last
  };
  Task<Result<Page>> ReadPage(Call call, FullName schema, std::string page);
  // `what`: "table 'a.b.c'"; `privileges`: what it takes, for whoever is refused.
  Task<Result<VendedCredential>> Vend(Call call, std::string_view api, std::string document, std::string what,
                                      std::string_view privileges);
  [[nodiscard]] Result<CatalogTable> TableIn(const std::string& text, const std::string& wanted) const;
  [[nodiscard]] std::unexpected<Error> Refusal(const ServiceText& answer, const std::string& what) const;
  [[nodiscard]] std::unexpected<Error> Wrong(const Error& error) const { return client_.WrongAnswer(error.message); }

  ServiceClient client_;
};

}  // namespace lakeferry::unity
