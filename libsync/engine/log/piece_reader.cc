#include "engine/log/piece_reader.h"

#include <algorithm>

#include "delta/commit_json.h"

namespace lakeferry::engine {
namespace {

// So much is read at a time: each read costs two changes of threads.
constexpr size_t kReadBytes = size_t{1} << 20;

}  // namespace

PieceReader::PieceReader(OpenObject& object) : object_(object), left_(static_cast<size_t>(object.size_bytes())) {}

Task<Result<TextPiece>> PieceReader::Next(Call call) {
  while (true) {
    const std::string_view rest = read_ ? std::string_view(*read_).substr(begin_, end_ - begin_) : std::string_view();
    const size_t bytes = NextBytes(rest);
    if (bytes > 0 || left_ == 0) {
      begin_ += bytes;
      co_return TextPiece{.text = rest.substr(0, bytes), .memory = read_, .problem = std::nullopt};
    }
    if (rest.size() > delta::kLineBytesMax) co_return co_await NextOfLongLine(call, rest);
    LF_CO_TRY_OK(co_await ReadOn(call, rest));
  }
}

// 0: more has to be read first.
size_t PieceReader::NextBytes(std::string_view rest) const {
  if (left_ == 0 && rest.size() <= kPieceBytes) return rest.size();
  const size_t whole = rest.substr(0, kPieceBytes).rfind('\n') + 1;
  if (whole > 0 || rest.size() <= kPieceBytes) return whole;
  if (const size_t end = rest.find('\n', kPieceBytes); end != std::string_view::npos) return end + 1;
  return left_ == 0 ? rest.size() : 0;
}

// `rest` is the begin of a line that is too long to be held.
Task<Result<TextPiece>> PieceReader::NextOfLongLine(Call call, std::string_view rest) {
  delta::LineMender mender;
  mender.Read(rest);
  read_.reset();
  for (bool ended = false; !ended && left_ > 0;) {
    LF_CO_TRY_OK(co_await ReadOn(call, {}));
    const std::string_view more = std::string_view(*read_).substr(0, end_);
    const size_t line_end = more.find('\n');
    ended = line_end != std::string_view::npos;
    mender.Read(more.substr(0, line_end));
    begin_ = ended ? line_end + 1 : end_;
  }
  auto line = std::move(mender).Finish();
  if (!line) co_return TextPiece{.text = {}, .memory = nullptr, .problem = std::move(line).error()};
  const auto memory = std::make_shared<const std::string>(*std::move(line) + "\n");
  co_return TextPiece{.text = *memory, .memory = memory, .problem = std::nullopt};
}

Task<Status> PieceReader::ReadOn(Call call, std::string_view rest) {
  std::shared_ptr<std::string> memory = Memory(std::max(kReadBytes, rest.size() * 2));
  size_t have = rest.copy(memory->data(), rest.size());
  const std::span<char> room = std::span(*memory).subspan(have, std::min(left_, memory->size() - have));
  LF_CO_TRY(const size_t read, co_await object_.Read(call, offset_, room));
  have += read;
  offset_ += static_cast<int64_t>(read);
  left_ = read < room.size() ? 0 : left_ - read;  // the object may have become shorter
  read_ = std::move(memory);
  begin_ = 0;
  end_ = have;
  co_return Status{};
}

std::shared_ptr<std::string> PieceReader::Memory(size_t bytes) {
  if (bytes > kReadBytes) return std::make_shared<std::string>(bytes, '\0');
  for (const auto& memory : memories_) {
    if (memory.use_count() == 1) return memory;
  }
  return memories_.emplace_back(std::make_shared<std::string>(bytes, '\0'));
}

}  // namespace lakeferry::engine
