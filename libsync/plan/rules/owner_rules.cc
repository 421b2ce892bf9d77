#include "plan/rules/owner_rules.h"

#include <fmt/format.h>

#include <utility>

#include "base/shown_text.h"

namespace lakeferry::plan {
namespace {

std::string TakeOver(const std::string& group) {
  return fmt::format("`lakeferry sync {} --role sender --take-over` on this host takes the group over", group);
}

}  // namespace

bool IsOwn(const OwnerMark& mark, const OwnerMark& own) {
  const bool same_place = mark.host == own.host && mark.metadata_store == own.metadata_store;
  const bool same_id = !own.id.empty() && mark.id == own.id;  // two that have none have nothing in common
  return same_id || same_place;
}

Error OwnedByAnother(const OwnerMark& mark, const std::string& group, std::string where) {
  return {
      .code = ErrorCode::kRefused,
      .message = fmt::format("another sender works for group '{}': on host {} in region {}, with the metadata store "
                             "{}, since {}",
                             group, FitToShow(mark.host), FitToShow(mark.region), FitToShow(mark.metadata_store),
                             FormatUtc(mark.since)),
      .where = std::move(where),
      .remedy =
          "leave the group to that one, and take it out of this configuration; once that one is stopped for "
          "good, " +
          TakeOver(group)};
}

Error UnreadableOwner(const std::string& why, const std::string& group, std::string where) {
  return {.code = ErrorCode::kRefused,
          .message = fmt::format("it cannot be read which sender works for group '{}': {}", group, FitToShow(why)),
          .where = std::move(where),
          .remedy = "make sure that no other sender works for it; then " + TakeOver(group)};
}

}  // namespace lakeferry::plan
