#include "tests/replay/table_model.h"

namespace lakeferry::delta {

std::string VectorName(const std::optional<DeletionVector>& dv) {
  if (!dv) return "";
  return dv->storage_type + "|" + dv->path_or_inline_dv + "|" + (dv->offset ? std::to_string(*dv->offset) : "none");
}

void TableModel::Apply(const Operation& operation) {
  if (const auto* add = std::get_if<AddOperation>(&operation)) {
    files[{add->file, VectorName(add->add.deletion_vector)}] = add->add;
  } else if (const auto* remove = std::get_if<RemoveOperation>(&operation)) {
    files.erase({remove->file, VectorName(remove->deletion_vector)});
  } else if (const auto* new_metadata = std::get_if<Metadata>(&operation)) {
    metadata = *new_metadata;
  } else if (const auto* new_protocol = std::get_if<Protocol>(&operation)) {
    protocol = *new_protocol;
  } else if (const auto* txn = std::get_if<Txn>(&operation)) {
    txns[txn->app_id] = *txn;
  } else if (const auto* domain = std::get_if<DomainMetadata>(&operation)) {
    domains.erase(domain->domain);
    if (!domain->removed) domains[domain->domain] = *domain;
  } else {
    own_time = std::get<OwnTime>(operation).ms;
  }
}

const AddFile* TableModel::Live(int file) const {
  const auto at = files.lower_bound({file, ""});
  return at != files.end() && at->first.first == file ? &at->second : nullptr;
}

const std::vector<std::vector<std::string>>& Spellings() {
  static const std::vector<std::vector<std::string>> kSpellings = {
      {"a.parquet", "./a.parquet", "x/../a.parquet", "a.parquet"},
      {"p=1/b.parquet", "p=1//b.parquet", "p=1/./b.parquet", "p=1/q/../b.parquet"},
      {"p=%2F/c.parquet", "p=%2f/c.parquet"},
      {"p=%252F/c.parquet"},
      {"d%41.parquet"},
      {"dA.parquet"},
      {"é.parquet"},
      {"%C3%A9.parquet", "%c3%a9.parquet"},
      {"file:/t/x.parquet", "file:///t/x.parquet", "FILE:/t//x.parquet"},
      {"s3://bucket/k.parquet", "S3://Bucket/k.parquet", "s3://bucket/./k.parquet"},
      {"with space.parquet"},
      {"part:1.parquet"}};
  return kSpellings;
}

}  // namespace lakeferry::delta
