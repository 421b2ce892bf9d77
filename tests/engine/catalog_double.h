// CatalogDouble: catalogs of both ends in memory, for tests of the engine.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "env/table_catalog.h"

namespace lakeferry::engine {

class CatalogDouble final : public TableCatalog {
 public:
  std::map<std::string, CatalogTable> tables;
  std::map<std::string, NewCatalogTable> registered;
  std::optional<Error> failure;      // of every question
  std::optional<Error> no_register;  // of Register alone
  std::vector<std::string> asked;
  std::deque<Result<VendedCredential>> vending;  // what is handed out; the last of several stays
  std::vector<std::string> vended;               // "write main.raw.orders", "read s3://…"

  void Add(const std::string& name, const std::string& location) {
    tables[name] = {.name = name,
                    .kind = CatalogTableKind::kExternal,
                    .kind_name = "EXTERNAL",
                    .format = "DELTA",
                    .location = location};
  }
  Task<Result<CatalogTable>> Find(Call, std::string name) override {
    asked.push_back(name);
    if (failure) co_return std::unexpected(*failure);
    const auto found = tables.find(name);
    if (found == tables.end()) co_return Fail(ErrorCode::kNotFound, "the test's catalog has no table '" + name + "'");
    co_return found->second;
  }
  Task<Result<std::vector<CatalogTable>>> TablesOf(Call, std::string schema) override {
    asked.push_back(schema);
    if (failure) co_return std::unexpected(*failure);
    std::vector<CatalogTable> found;
    for (const auto& [name, table] : tables) {
      if (name.starts_with(schema + ".")) found.push_back(table);
    }
    co_return found;
  }
  Task<Result<bool>> Register(Call, NewCatalogTable table) override {
    if (no_register) co_return std::unexpected(*no_register);
    if (tables.contains(table.name)) co_return false;
    Add(table.name, table.location);
    registered[table.name] = std::move(table);
    co_return true;
  }
  Task<Result<VendedCredential>> VendTable(Call, CatalogTable table, bool write) override {
    vended.push_back((write ? "write " : "read ") + table.name);
    co_return Handed();
  }
  Task<Result<VendedCredential>> VendPlace(Call, std::string uri, bool write) override {
    vended.push_back((write ? "write " : "read ") + uri);
    co_return Handed();
  }
  [[nodiscard]] std::string name() const override { return "the test's catalog"; }

 private:
  Result<VendedCredential> Handed() {
    if (vending.empty()) return Fail(ErrorCode::kUnauthorized, "the test's catalog hands out nothing");
    Result<VendedCredential> one = vending.front();
    if (vending.size() > 1) vending.pop_front();
    return one;
  }
};

class CatalogsDouble final : public TableCatalogs {
 public:
  CatalogDouble source;
  CatalogDouble target;
  [[nodiscard]] TableCatalog* Of(const std::string& /*group*/, CatalogSide side) override {
    return side == CatalogSide::kSource ? &source : &target;
  }
};

}  // namespace lakeferry::engine
