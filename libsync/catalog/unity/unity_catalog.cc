#include "catalog/unity/unity_catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/secret.h"
#include "catalog/unity/vended_document.h"
#include "http/service/page_watch.h"

namespace lakeferry::unity {
namespace {

constexpr std::string_view kTables = "/api/2.1/unity-catalog/tables";
constexpr std::string_view kTableCredentials = "/api/2.1/unity-catalog/temporary-table-credentials";
constexpr std::string_view kPathCredentials = "/api/2.1/unity-catalog/temporary-path-credentials";
constexpr std::string_view kForTables =
    "EXTERNAL USE SCHEMA on the table's schema, which the owner of the catalog grants, SELECT on the table, and MODIFY "
    "to write it";
constexpr std::string_view kForPaths =
    "EXTERNAL USE LOCATION on the external location that the place lies in, which its owner grants, and CREATE "
    "EXTERNAL TABLE there";
// As many as every server gives at once.
constexpr std::string_view kPageLimit = "50";

std::string WordsOf(const std::string& name) { return fmt::format("table '{}'", name); }

}  // namespace

UnityCatalog::UnityCatalog(ServiceContext context, Url server, std::shared_ptr<Authorizer> authorizer)
    : client_(context, "the Unity Catalog", std::move(server), std::move(authorizer), "table") {}

std::string UnityCatalog::name() const { return fmt::format("the Unity Catalog at {}", client_.where()); }

// A status alone says nothing of a table: whatever else stands at an address answers 404 too.
std::unexpected<Error> UnityCatalog::Refusal(const ServiceText& answer, const std::string& what) const {
  if (SaysAbsent(answer.text)) {
    return Fail(ErrorCode::kNotFound, fmt::format("{} has no {}: {}", name(), what, ReasonIn(answer.text)),
                client_.where(),
                "write the name as the catalog has it; what the login may not see is not there for it");
  }
  if (answer.status == 404 && ErrorCodeIn(answer.text).empty()) {
    return client_.WrongAnswer("status 404, and no word of a table: it has no Unity Catalog API 2.1");
  }
  auto refused = client_.Refusal(answer);
  refused.error().code = ErrorCode::kInvalidArgument;
  return refused;
}

Result<CatalogTable> UnityCatalog::TableIn(const std::string& text, const std::string& wanted) const {
  json::Reader reader(kServiceBytesMax);
  const auto fields = reader.Read(text, "the table", "");
  if (!fields) return Wrong(fields.error());
  auto table = ReadTable(*fields);
  if (!table) return Wrong(table.error());
  if (!IsSameCatalogName(table->name, wanted)) {
    return client_.WrongAnswer(fmt::format("asked for table '{}', it tells of '{}'", wanted, table->name));
  }
  return table;
}

Task<Result<CatalogTable>> UnityCatalog::Find(Call call, std::string name) {
  LF_CO_TRY(const FullName full, ParseTableName(name));
  const std::string target = fmt::format("{}/{}", kTables, PercentEncode(full.text()));
  LF_CO_TRY(const ServiceText answer, co_await client_.Get(std::move(call), target));
  if (!answer.ok()) co_return Refusal(answer, WordsOf(full.text()));
  co_return TableIn(answer.text, full.text());
}

Task<Result<UnityCatalog::Page>> UnityCatalog::ReadPage(Call call, FullName schema, std::string page) {
  std::vector<std::pair<std::string, std::string>> query{{"catalog_name", schema.catalog},
                                                         {"schema_name", schema.schema},
                                                         {"max_results", std::string(kPageLimit)},
                                                         {"omit_columns", "true"}};
  if (!page.empty()) query.emplace_back("page_token", page);
  const std::string target = std::string(kTables) + QueryText(query);
  LF_CO_TRY(const ServiceText answer, co_await client_.Get(std::move(call), target));
  if (!answer.ok()) co_return Refusal(answer, fmt::format("schema '{}'", schema.text()));
  json::Reader reader(kServiceBytesMax);
  const auto fields = reader.Read(answer.text, "the list of tables", "");
  if (!fields) co_return Wrong(fields.error());
  Page out{.tables = {}, .next = {}};
  // A schema without tables may say so by leaving the list out; an answer that says nothing at all is none.
  if (fields->Has("next_page_token")) {
    const auto next = fields->String("next_page_token");
    if (!next) co_return Wrong(next.error());
    out.next = *next;
  }
  if (!fields->Has("tables")) co_return out;
  const auto entries = fields->Objects("tables");
  if (!entries) co_return Wrong(entries.error());
  const std::string prefix = schema.text() + ".";
  for (const json::Fields& entry : *entries) {
    auto table = ReadTable(entry);
    if (!table) co_return Wrong(table.error());
    if (!IsSameCatalogName(table->name.substr(0, std::min(prefix.size(), table->name.size())), prefix)) {
      co_return client_.WrongAnswer(
          fmt::format("'{}' stands among the tables of schema '{}'", table->name, schema.text()));
    }
    out.tables.push_back(*std::move(table));
  }
  co_return out;
}

Task<Result<std::vector<CatalogTable>>> UnityCatalog::TablesOf(Call call, std::string schema) {
  LF_CO_TRY(const FullName full, ParseSchemaName(schema));
  std::map<std::string, CatalogTable> tables;
  PageWatch watch;
  std::string next;
  do {
    LF_CO_TRY(Page page, co_await ReadPage(call, full, next));
    size_t fresh = 0;
    for (CatalogTable& table : page.tables) {
      const std::string name = table.name;
      fresh += tables.insert_or_assign(name, std::move(table)).second ? 1 : 0;
    }
    next = std::move(page.next);
    const Status turned = watch.Turn(fresh, next);
    if (turned) continue;
    if (turned.error().code == ErrorCode::kRefused) co_return FailAt(turned.error(), client_.where());
    co_return Wrong(turned.error());
  } while (!next.empty());
  std::vector<CatalogTable> all;
  all.reserve(tables.size());
  for (auto& [name, table] : tables) all.push_back(std::move(table));
  co_return all;
}

Task<Result<bool>> UnityCatalog::Register(Call call, NewCatalogTable table) {
  LF_CO_TRY(std::string document, WriteTable(table));
  LF_CO_TRY(const ServiceText answer,
            co_await client_.Post(std::move(call), std::string(kTables), std::move(document)));
  if (!answer.ok() && SaysPresent(answer.text)) co_return false;
  if (!answer.ok()) co_return Refusal(answer, fmt::format("place for table '{}'", table.name));
  LF_CO_TRY(const CatalogTable made, TableIn(answer.text, table.name));
  co_return made.kind == CatalogTableKind::kExternal;
}

Task<Result<VendedCredential>> UnityCatalog::Vend(Call call, std::string_view api, std::string document,
                                                  std::string what, std::string_view privileges) {
  Result<ServiceText> answer = co_await client_.Post(std::move(call), std::string(api), std::move(document));
  Status refused = answer ? Status() : Status(std::unexpected(answer.error()));
  if (answer && !answer->ok()) refused = Refusal(*answer, what);
  if (!refused) {
    Error error = std::move(refused).error();
    const bool of_login = error.code == ErrorCode::kUnauthorized || error.code == ErrorCode::kInvalidArgument ||
                          error.code == ErrorCode::kNotFound;
    if (!of_login) co_return std::unexpected(std::move(error));
    error.message = fmt::format("no credentials are handed out for {}: {}", what, error.message);
    error.remedy = fmt::format(
        "give the login {}; have external access enabled for the metastore; {}; or leave out credentials: vended, and "
        "give the service rights of its own",
        privileges, error.remedy);
    co_return std::unexpected(std::move(error));
  }
  const Secret text(std::move(answer->text));
  json::Reader reader(kServiceBytesMax);
  const auto fields = reader.Read(text.Reveal(), "the credentials", "");
  if (!fields) co_return Wrong(fields.error());
  auto credential = ReadVended(*fields);
  if (!credential) co_return Wrong(credential.error());
  co_return credential;
}

Task<Result<VendedCredential>> UnityCatalog::VendTable(Call call, CatalogTable table, bool write) {
  if (table.id.empty()) {
    co_return client_.WrongAnswer(
        fmt::format("table '{}' has no table_id, by which credentials are asked for", table.name));
  }
  co_return co_await Vend(std::move(call), kTableCredentials, AskForTable(table.id, write), WordsOf(table.name),
                          kForTables);
}

Task<Result<VendedCredential>> UnityCatalog::VendPlace(Call call, std::string uri, bool write) {
  co_return co_await Vend(std::move(call), kPathCredentials, AskForPlace(uri, write), fmt::format("the place {}", uri),
                          kForPaths);
}

}  // namespace lakeferry::unity
