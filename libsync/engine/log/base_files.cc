#include "engine/log/base_files.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "delta/action_reader.h"
#include "delta/file_path.h"

namespace lakeferry::engine {
namespace {

// The live files that a change names, and which of those that returned are as they were.
class NamedFiles final : public delta::FileSink {
 public:
  explicit NamedFiles(const plan::NetChange& net) : net_(net) {}

  Status OnLive(delta::AddFile&& add) override {
    LF_TRY(std::string key, delta::FileKey(add.path, add.deletion_vector));
    const auto returned = net_.returned().find(add.path);
    if (returned != net_.returned().end()) {
      const plan::NetChange::Returned& now = returned->second;
      if (now.size == add.size && now.modification_time == add.modification_time) same_.insert(add.path);
    }
    if (!net_.Names(key)) return {};
    plan::NetChange::BaseFile file{.path = std::move(add.path),
                                   .vector = std::move(add.deletion_vector),
                                   .size = add.size,
                                   .modification_time = add.modification_time};
    found_.insert_or_assign(std::move(key), std::move(file));
    return {};
  }
  void Restart() override {
    found_.clear();
    same_.clear();
  }

  [[nodiscard]] const std::map<std::string, plan::NetChange::BaseFile>& found() const { return found_; }
  [[nodiscard]] const std::set<std::string>& same() const { return same_; }

 private:
  const plan::NetChange& net_;
  std::map<std::string, plan::NetChange::BaseFile> found_;  // by key
  std::set<std::string> same_;                              // by path
};

// The adds of lines as live files.
class LiveLines final : public delta::ActionSink {
 public:
  explicit LiveLines(delta::FileSink* files) : files_(files) {}
  Status OnAdd(delta::AddFile&& add) override { return files_->OnLive(std::move(add)); }

 private:
  delta::FileSink* files_;
};

// False where the log does not hold the base any more; then the files are none.
Task<Result<bool>> Replay(Call call, const TableLog& log, Version base, delta::FileSink& files) {
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListAll(call));
  const Result<delta::Snapshot> at_base = co_await log.Load(call, listing, base, files);
  const bool gone = !at_base && IsGone(at_base.error());
  if (gone) files.Restart();
  if (!gone) LF_CO_TRY_OK(at_base);
  co_return !gone;
}

void Settle(const NamedFiles& named, bool there, plan::NetChange& net) {
  if (there) net.SettleBase(named.found());
  for (const auto& [path, file] : net.returned()) {
    if (!named.same().contains(path)) net.SetAnother(path);
  }
}

// Blocking. Every line ends with a line end.
Status ReadLines(const SpilledBytes& bytes, size_t piece_bytes, delta::ActionSink& sink) {
  delta::ActionReader reader("a temporary file", sink);
  std::string rest;
  for (int64_t at = 0; at < bytes.size_bytes();) {
    const size_t before = rest.size();
    rest.resize(before + std::min(piece_bytes, static_cast<size_t>(bytes.size_bytes() - at)));
    LF_TRY_OK(bytes.ReadNow(at, std::span(rest).subspan(before)));
    at += std::ssize(rest) - static_cast<int64_t>(before);
    const size_t whole = rest.rfind('\n') + 1;
    LF_TRY_OK(reader.Read(std::string_view(rest).substr(0, whole)));
    rest.erase(0, whole);
  }
  return {};
}

}  // namespace

bool IsGone(const Error& error) { return error.code == ErrorCode::kNotFound || error.code == ErrorCode::kCorruptLog; }

Task<Status> LookUpBase(Call call, const TableLog& log, Version base, plan::NetChange& net) {
  if (!AsksForBase(net)) co_return Status{};
  NamedFiles named(net);
  LF_CO_TRY(const bool there, co_await Replay(call, log, base, named));
  Settle(named, there, net);
  co_return Status{};
}

// Writes each file to its share.
class SharedOutBase::Sink final : public delta::FileSink {
 public:
  explicit Sink(SharedOutBase* base) : base_(base) {}

  Status OnLive(delta::AddFile&& add) override {
    const size_t share = ShareOf(base_->namer_(add.path));
    delta::AddFile known{.path = std::move(add.path), .size = add.size, .modification_time = add.modification_time};
    known.deletion_vector = std::move(add.deletion_vector);
    return base_->shares_[share].Append(delta::ToLine(known) + '\n');
  }
  void Restart() override {
    for (SpilledBytes& share : base_->shares_) share.Clear();
  }

 private:
  SharedOutBase* base_;
};

SharedOutBase::SharedOutBase(const Environment& env, FileNamer namer)
    : env_(env), namer_(std::move(namer)), shares_(OpenShares(env)) {}

Task<Status> SharedOutBase::Read(Call call, const TableLog& log, Version base) {
  Sink sink(this);
  LF_CO_TRY(const bool there, co_await Replay(call, log, base, sink));
  gone_ = !there;
  co_return Status{};
}

Status SharedOutBase::Settle(size_t share, plan::NetChange& net) const {
  NamedFiles named(net);
  LiveLines lines(&named);
  if (!gone_) LF_TRY_OK(ReadLines(shares_[share], env_.limits.copy_buffer_bytes, lines));
  engine::Settle(named, !gone_, net);
  return {};
}

}  // namespace lakeferry::engine
