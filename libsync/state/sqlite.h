// A thin hold on SQLite: one connection, prepared statements, errors as values. Private to this folder. Blocking; one
// thread at a time.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/result.h"
#include "base/time.h"

namespace lakeferry::sqlite {

class Database;

struct Closer {
  void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
// To the connection, for who next has the same text.
struct GiveBack {
  const Database* database = nullptr;
  void operator()(sqlite3_stmt* statement) const;
};

// A statement under way. Binding counts parameters from 1 upwards, columns count from 0. The first error sticks and is
// what Next or Run returns.
class Statement {
 public:
  Statement& Bind(int64_t value);
  Statement& Bind(std::string_view value);
  Statement& Bind(bool value) { return Bind(int64_t{value ? 1 : 0}); }
  Statement& Bind(TimeMs value) { return Bind(ToEpochMs(value)); }
  Statement& Bind(std::optional<TimeMs> value);
  Statement& Bind(Millis value) { return Bind(int64_t{value.count()}); }
  Statement& Bind(std::optional<Millis> value) { return value ? Bind(*value) : BindNull(); }
  Statement& BindNull();

  // Goes to the next row; false after the last.
  Result<bool> Next();
  // For statements that return no rows.
  Status Run();

  [[nodiscard]] int64_t Integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }
  [[nodiscard]] bool Boolean(int column) const { return Integer(column) != 0; }
  [[nodiscard]] bool IsNull(int column) const { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }
  [[nodiscard]] TimeMs Time(int column) const { return FromEpochMs(Integer(column)); }
  [[nodiscard]] std::optional<TimeMs> OptionalTime(int column) const;
  [[nodiscard]] Millis Duration(int column) const { return Millis(Integer(column)); }
  [[nodiscard]] std::optional<Millis> OptionalDuration(int column) const {
    return IsNull(column) ? std::nullopt : std::optional(Duration(column));
  }
  [[nodiscard]] std::string Text(int column) const;

 private:
  friend class Database;
  explicit Statement(const Database* database) : database_(database), handle_(nullptr, GiveBack{database}) {}
  Statement& Note(int code);

  const Database* database_;  // outlives the statement
  std::unique_ptr<sqlite3_stmt, GiveBack> handle_;
  int bound_ = 0;
  int error_ = SQLITE_OK;
};

class Database {
 public:
  // Opens an existing file for reading and writing.
  static Result<std::unique_ptr<Database>> Open(const std::string& path);

  // What was prepared is kept: to parse a text takes longer than to run it.
  [[nodiscard]] Statement Prepare(std::string_view sql) const;
  // For constant text without parameters, of one or more statements.
  Status Execute(const char* sql) const;
  // The one whole number that a statement returns.
  Result<int64_t> ReadInteger(std::string_view sql) const;

  // kUnavailable where the path does not lead to the open file any more: what is written to that one would be lost.
  Status CheckInPlace() const;
  [[nodiscard]] Error ErrorOf(int code) const;
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  friend struct GiveBack;
  static constexpr size_t kKeptMax = 128;

  Database() = default;
  std::string path_;
  std::unique_ptr<sqlite3, Closer> handle_;
  // By their text, those that nobody has at the moment.
  mutable std::map<std::string, std::unique_ptr<sqlite3_stmt, Closer>, std::less<>> kept_;
};

// A transaction that is rolled back unless committed.
class Transaction {
 public:
  enum class Kind { kRead, kWrite };
  static Result<Transaction> Begin(const Database& database, Kind kind);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Status Commit();

 private:
  explicit Transaction(const Database* database) : database_(database) {}
  const Database* database_;
};

}  // namespace lakeferry::sqlite
