#include "parquet/checkpoint_schema.h"

#include <arrow/type.h>

namespace lakeferry::parquet {
namespace {

using arrow::field;
using arrow::FieldVector;

using FieldPtr = std::shared_ptr<arrow::Field>;

FieldPtr Text(const char* name) { return field(name, arrow::utf8()); }
FieldPtr Long(const char* name) { return field(name, arrow::int64()); }
FieldPtr Int(const char* name) { return field(name, arrow::int32()); }
FieldPtr Bool(const char* name) { return field(name, arrow::boolean()); }
FieldPtr Map(const char* name) { return field(name, arrow::map(arrow::utf8(), arrow::utf8())); }
FieldPtr List(const char* name) { return field(name, arrow::list(field("element", arrow::utf8()))); }
FieldPtr Struct(const char* name, const FieldVector& fields) { return field(name, arrow::struct_(fields)); }

FieldPtr DeletionVector() {
  return Struct("deletionVector",
                {Text("storageType"), Text("pathOrInlineDv"), Int("offset"), Int("sizeInBytes"), Long("cardinality")});
}

}  // namespace

std::shared_ptr<arrow::Schema> CheckpointSchema() {
  return arrow::schema({Struct("txn", {Text("appId"), Long("version"), Long("lastUpdated")}),
                        Struct("add", {Text("path"), Map("partitionValues"), Long("size"), Long("modificationTime"),
                                       Bool("dataChange"), Map("tags"), DeletionVector(), Long("baseRowId"),
                                       Long("defaultRowCommitVersion"), Text("clusteringProvider"), Text("stats")}),
                        Struct("remove", {Text("path"), Long("deletionTimestamp"), Bool("dataChange"),
                                          Bool("extendedFileMetadata"), Map("partitionValues"), Long("size"),
                                          DeletionVector(), Long("baseRowId"), Long("defaultRowCommitVersion")}),
                        Struct("metaData", {Text("id"), Text("name"), Text("description"),
                                            Struct("format", {Text("provider"), Map("options")}), Text("schemaString"),
                                            List("partitionColumns"), Map("configuration"), Long("createdTime")}),
                        Struct("protocol", {Int("minReaderVersion"), Int("minWriterVersion"), List("readerFeatures"),
                                            List("writerFeatures")}),
                        Struct("domainMetadata", {Text("domain"), Text("configuration"), Bool("removed")})});
}

}  // namespace lakeferry::parquet
