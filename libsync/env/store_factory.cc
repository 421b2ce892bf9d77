#include "env/store_factory.h"

namespace lakeferry {

std::string_view RightName(StoreRight right) {
  switch (right) {
    case StoreRight::kReadSource: return "read source";
    case StoreRight::kWriteStaging: return "write staging";
    case StoreRight::kReadStaging: return "read staging";
    case StoreRight::kWriteTarget: return "write target";
    case StoreRight::kPlaceTarget: return "place target";
  }
  return {};
}

bool MayWrite(StoreRight right) {
  switch (right) {
    case StoreRight::kReadSource:
    case StoreRight::kReadStaging: return false;
    case StoreRight::kWriteStaging:
    case StoreRight::kWriteTarget:
    case StoreRight::kPlaceTarget: return true;
  }
  return false;
}

}  // namespace lakeferry
