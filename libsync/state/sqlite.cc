#include "state/sqlite.h"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "base/denial.h"

namespace lakeferry::sqlite {
namespace {

constexpr int kBusyTimeoutMs = 5'000;

bool IsOutOfSpace(sqlite3* connection) {
  const int error_number = sqlite3_system_errno(connection);
  return error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG;
}

}  // namespace

Statement& Statement::Note(int code) {
  if (error_ == SQLITE_OK) error_ = code;
  return *this;
}

Statement& Statement::Bind(int64_t value) { return Note(sqlite3_bind_int64(handle_.get(), ++bound_, value)); }

Statement& Statement::Bind(std::string_view value) {
  // A null pointer would bind NULL.
  const char* text = value.data() == nullptr ? "" : value.data();
  return Note(sqlite3_bind_text64(handle_.get(), ++bound_, text, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

Statement& Statement::BindNull() { return Note(sqlite3_bind_null(handle_.get(), ++bound_)); }

Statement& Statement::Bind(std::optional<TimeMs> value) { return value ? Bind(*value) : BindNull(); }

Result<bool> Statement::Next() {
  if (error_ == SQLITE_OK) {
    const int code = sqlite3_step(handle_.get());
    if (code == SQLITE_ROW || code == SQLITE_DONE) return code == SQLITE_ROW;
    error_ = code;
  }
  return std::unexpected(database_->ErrorOf(error_));
}

Status Statement::Run() {
  LF_TRY(bool more, Next());
  while (more) {
    LF_TRY(more, Next());
  }
  return {};
}

std::optional<TimeMs> Statement::OptionalTime(int column) const {
  if (IsNull(column)) return std::nullopt;
  return Time(column);
}

std::string Statement::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  if (text == nullptr) return {};
  return {text, static_cast<size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

Result<std::unique_ptr<Database>> Database::Open(const std::string& path) {
  std::unique_ptr<Database> database(new Database);
  database->path_ = path;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  database->handle_.reset(handle);
  if (code != SQLITE_OK) return std::unexpected(database->ErrorOf(code));
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return database;
}

void GiveBack::operator()(sqlite3_stmt* statement) const {
  std::unique_ptr<sqlite3_stmt, Closer> given(statement);
  if (database->kept_.size() >= Database::kKeptMax) return;
  sqlite3_reset(statement);  // says again what the last step failed with
  sqlite3_clear_bindings(statement);
  database->kept_.try_emplace(sqlite3_sql(statement), std::move(given));
}

Statement Database::Prepare(std::string_view sql) const {
  Statement statement(this);
  if (const auto kept = kept_.find(sql); kept != kept_.end()) {
    statement.handle_.reset(kept->second.release());
    kept_.erase(kept);
    return statement;
  }
  sqlite3_stmt* handle = nullptr;
  statement.error_ = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &handle, nullptr);
  statement.handle_.reset(handle);
  return statement;
}

Status Database::Execute(const char* sql) const {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return std::unexpected(ErrorOf(code));
  return {};
}

Result<int64_t> Database::ReadInteger(std::string_view sql) const {
  Statement statement = Prepare(sql);
  LF_TRY(const bool any, statement.Next());
  return any ? statement.Integer(0) : 0;
}

Error Database::ErrorOf(int code) const {
  sqlite3* connection = handle_.get();
  Error error{.code = ErrorCode::kInternal,
              .message = fmt::format("the metadata store failed: {} ({})", sqlite3_errstr(code),
                                     connection == nullptr ? "" : sqlite3_errmsg(connection)),
              .where = path_,
              .remedy = {}};
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      error.code = ErrorCode::kUnavailable;
      error.remedy = "another process keeps the metadata store locked: find it with 'fuser' and end it";
      break;
    case SQLITE_FULL:
      error.code = ErrorCode::kOutOfSpace;
      error.remedy = "make room on the file system of the metadata store";
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      error.code = ErrorCode::kCorruptData;
      error.remedy = "move it away; it is rebuilt, but for runs entered by hand: keep it until those are entered again";
      break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
      error.code = ErrorCode::kUnauthorized;
      error.remedy = DenialRemedy(DenialOf(sqlite3_system_errno(connection)).value_or(Denial::kNoRight), path_);
      break;
    case SQLITE_IOERR:
      if (connection != nullptr && IsOutOfSpace(connection)) {
        error.code = ErrorCode::kOutOfSpace;
        error.remedy = "make room on the file system of the metadata store";
      }
      break;
    default: break;
  }
  return error;
}

Status Database::CheckInPlace() const {
  int moved = 0;
  const int code = sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  if (code != SQLITE_OK || moved == 0) return {};
  return Fail(ErrorCode::kUnavailable, "the metadata store was deleted, moved or replaced while it is in use", path_,
              "put the file back, and work goes on; where it is lost, restart the service: it is made anew");
}

Result<Transaction> Transaction::Begin(const Database& database, Kind kind) {
  LF_TRY_OK(database.CheckInPlace());
  LF_TRY_OK(database.Execute(kind == Kind::kWrite ? "BEGIN IMMEDIATE" : "BEGIN"));
  return Transaction(&database);
}

Transaction::~Transaction() {
  // Some errors have rolled back already; then there is nothing left to do and the answer does not matter.
  if (database_ != nullptr) std::ignore = database_->Execute("ROLLBACK");
}

Status Transaction::Commit() {
  LF_TRY_OK(database_->Execute("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace lakeferry::sqlite
