#include "parquet/arrow_status.h"

namespace lakeferry::parquet {

std::unexpected<Error> CorruptCheckpoint(std::string message, std::string_view where) {
  return Fail(ErrorCode::kCorruptLog, std::move(message), std::string(where),
              "use an older checkpoint or the commits; if neither is left, have the table's engine write a checkpoint");
}

std::unexpected<Error> CorruptCheckpoint(const arrow::Status& status, std::string_view where) {
  if (status.IsOutOfMemory()) {
    return CorruptCheckpoint("the checkpoint needs more memory than a reader may use: " + status.message(), where);
  }
  return CorruptCheckpoint("the checkpoint cannot be read as Parquet: " + status.message(), where);
}

}  // namespace lakeferry::parquet
