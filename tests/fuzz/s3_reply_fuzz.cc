// What a service that speaks S3 says as XML. Nothing is read that no service could have meant.
#include "storage/s3/s3_xml.h"
#include "tests/fuzz/fuzz_target.h"

namespace lakeferry::fuzz {

void Try(std::string_view input) {
  if (const auto list = s3::ReadList(input)) {
    for (const s3::ListedObject& object : list->objects) {
      LF_CHECK(object.size_bytes >= 0, "a size is not negative");
      LF_CHECK(!object.key.empty(), "an object has a name");
    }
    for (const std::string& prefix : list->prefixes) LF_CHECK(prefix.ends_with('/'), "a folder's prefix ends so");
  }
  if (const auto id = s3::ReadUploadId(input)) LF_CHECK(!id->empty(), "an upload has an id");
  if (const auto part = s3::ReadCopiedPart(input)) LF_CHECK(!part->etag.empty(), "a part has an ETag");
  if (const auto stayed = s3::ReadNotDeleted(input)) {
    for (const s3::NotDeletedKey& one : *stayed) LF_CHECK(!one.key.empty(), "what stayed has a name");
  }
  (void)s3::ReadFault(input);
}

}  // namespace lakeferry::fuzz
