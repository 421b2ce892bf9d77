#include "state/forget_group.h"

#include <array>
#include <memory>
#include <utility>

#include "state/schema.h"
#include "state/sqlite.h"

namespace lakeferry {
namespace {

// What hangs on them goes with them.
constexpr std::array kOfARole{"DELETE FROM epochs WHERE role = ? AND group_name = ?",
                              "DELETE FROM live_set_checks WHERE role = ? AND group_name = ?",
                              "DELETE FROM groups WHERE role = ? AND group_name = ?"};

}  // namespace

Status ForgetGroup(const std::string& path, Role role, const std::string& group) {
  LF_TRY(const std::unique_ptr<sqlite::Database> database, sqlite::OpenMetadataStore(path));
  LF_TRY(sqlite::Transaction transaction, sqlite::Transaction::Begin(*database, sqlite::Transaction::Kind::kWrite));
  for (const char* sql : kOfARole) {
    sqlite::Statement erase = database->Prepare(sql);
    erase.Bind(RoleName(role)).Bind(group);
    LF_TRY_OK(erase.Run());
  }
  if (role == Role::kReceiver) {
    sqlite::Statement erase = database->Prepare("DELETE FROM journals WHERE group_name = ?");
    erase.Bind(group);
    LF_TRY_OK(erase.Run());
  }
  return transaction.Commit();
}

}  // namespace lakeferry
