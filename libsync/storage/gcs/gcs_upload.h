// GcsUpload: an object that comes into being chunk by chunk (resumable upload). Its bytes go one after the other; where
// a reply is lost, the session itself tells how far it is.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "env/object_store.h"
#include "storage/gcs/gcs_client.h"

namespace lakeferry::gcs {

// Every chunk but the last is a multiple of it.
inline constexpr size_t kChunkStep = size_t{256} << 10;

// Used on the engine thread, by one who waits for each call.
class GcsUpload {
 public:
  // `where` is what errors call the object.
  GcsUpload(std::shared_ptr<GcsClient> client, std::string key, std::string where)
      : client_(std::move(client)), key_(std::move(key)), where_(std::move(where)) {}

  // Once, before all else: on condition that no object of the name exists. False where one does: nothing is begun.
  Task<Result<bool>> Begin(Call call);
  [[nodiscard]] bool begun() const { return !session_.empty(); }
  // In place of Begin: goes on with the one at `session` from where the store has come with it (sent_bytes).
  // False where there is nothing to go on with: it has ended, is forgotten, or is none.
  Task<Result<bool>> TakeUp(Call call, std::string session);
  // In place of Begin, only to abort it.
  void Know(std::string session);
  // Path and query of its address, for another process to go on with: whoever knows it may write.
  [[nodiscard]] const std::string& session() const { return session_; }
  // How many bytes the store has.
  [[nodiscard]] int64_t sent_bytes() const { return sent_; }
  // The next bytes, whose number is a multiple of kChunkStep; they live until it ends.
  Task<Status> Send(Call call, std::span<const char> bytes);
  // With the last ones, if there are any, and the checksum of the whole. kCorruptData where the store finds another;
  // nothing is left then. So where the upload was taken up and the store does not say which checksum it finds.
  Task<Result<PutOutcome>> FinishIfAbsent(Call call, std::span<const char> bytes, uint32_t crc32c);
  // Of what FinishIfAbsent created, where the store says that it has that checksum; empty else.
  [[nodiscard]] const std::string& generation() const { return generation_; }
  // Nothing is left of it; again: no effect.
  Task<Status> Abort(Call call);

 private:
  // How far it is: `done` with what the store says of the object, or how many bytes it has.
  struct State {
    bool done = false;
    bool existed = false;  // whoever was first has the name
    std::string object = {};
  };
  struct Piece {
    std::span<const char> bytes;  // from `sent_` on, when it began
    int64_t begin;
    std::optional<int64_t> total;  // of the last piece
    uint32_t crc32c = 0;           // and of the whole then
  };
  // What came of one attempt, and whether another could come to more.
  struct Attempted {
    Result<State> state;
    bool may_pass = false;
    std::optional<Millis> wait = {};
  };
  Task<Result<State>> SendPiece(Call call, Piece piece);
  Task<Attempted> PutRest(Call call, const Piece& piece);
  Task<Result<State>> AskState(Call call, const Piece& piece);
  [[nodiscard]] bool Holds(const Piece& piece) const;
  Result<State> StateOf(const GcsReply& reply, const Piece& piece, std::string text);
  Task<Status> CheckObject(Call call, std::string json, uint32_t crc32c);

  const std::shared_ptr<GcsClient> client_;
  const std::string key_;
  const std::string where_;
  std::string session_;                 // path and query of its URI: whoever knows it may write
  std::shared_ptr<const void> hidden_;  // no text leaves the process with it
  int64_t sent_ = 0;
  bool taken_up_ = false;  // of what is there the checksum of the whole alone tells what it is
  std::string generation_;
};

}  // namespace lakeferry::gcs
