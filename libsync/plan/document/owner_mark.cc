#include "plan/document/owner_mark.h"

#include "json/reader.h"
#include "json/writer.h"

namespace lakeferry::plan {

std::string WriteOwnerMark(const OwnerMark& mark) {
  json::Writer json(json::Texts::kAsTheyAre);
  json.Field("kind", "owner");
  json.Field("id", mark.id);
  json.Field("host", mark.host);
  json.Field("metadata_store", mark.metadata_store);
  json.Field("region", mark.region);
  json.Field("since_ms", mark.since);
  return json.FinishLine();
}

Result<OwnerMark> ReadOwnerMark(std::string_view text, std::string_view where) {
  json::Reader reader(kOwnerMarkBytesMax);
  LF_TRY(const json::Fields fields, reader.Read(text, "the owner's mark", where));
  OwnerMark mark;
  LF_TRY(mark.id, fields.String("id"));
  LF_TRY(mark.host, fields.String("host"));
  LF_TRY(mark.metadata_store, fields.String("metadata_store"));
  LF_TRY(mark.region, fields.String("region"));
  LF_TRY(mark.since, fields.Time("since_ms"));
  return mark;
}

}  // namespace lakeferry::plan
