#include "storage/cloud/store_prober.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "async/both.h"
#include "env/store_calls.h"

namespace lakeferry {
namespace {

constexpr int kRaces = 3;
constexpr int kTriesMax = 8;  // of a step whose answer was lost
constexpr size_t kReadMax = size_t{16} << 20;
constexpr size_t kDeletesAtOnce = 4;
constexpr std::string_view kFirst = "first";

bool IsLost(const Error& error) { return error.code == ErrorCode::kOutcomeUnknown; }

Error Inconclusive(Error error) {
  if (!IsLost(error)) return error;
  error.code = ErrorCode::kUnavailable;
  error.message = "what the store does with conditions could not be found out: an answer was lost";
  return error;
}

// A step once more where an answer was lost; each has names of its own, and says the same however often it is taken.
template <typename Step>
std::invoke_result_t<Step> Insist(Step step) {
  auto done = co_await step();
  for (int tries = 1; tries < kTriesMax && !done && IsLost(done.error()); ++tries) done = co_await step();
  if (!done) co_return std::unexpected(Inconclusive(std::move(done).error()));
  co_return done;
}

class StoreProber {
 public:
  StoreProber(ObjectStore& store, ProbeQuestions& questions) : store_(store), questions_(questions) {}

  Task<Result<Probed>> Run(Call call) {
    Result<Probed> probed = co_await Try(call);
    // Names that stay, where nothing may be deleted, are of a few bytes and in nobody's way.
    [[maybe_unused]] const Status gone = co_await DeleteAll(call.Unstoppable(), store_, made_, kDeletesAtOnce);
    co_return probed;
  }

 private:
  ObjectPath NewName(std::string_view what) {
    made_.push_back(ObjectPath::Of(fmt::format("{}-{}", what, made_.size())));
    return made_.back();
  }

  // A new object; its name.
  Task<Result<ObjectPath>> PutNew(Call call, std::string_view text) {
    const ObjectPath path = NewName("put");
    LF_CO_TRY(const PutOutcome outcome, co_await store_.PutIfAbsent(call, path, std::string(text)));
    if (outcome == PutOutcome::kCreated) co_return path;
    co_return Fail(ErrorCode::kInvalidArgument,
                   "a write on condition that nothing is there was refused where that is so", path.text(),
                   "see what answers at the endpoint");
  }

  // What is there; nothing, where that is not what can be read.
  Task<Result<std::string>> Read(Call call, ObjectPath path) {
    auto text = co_await store_.Get(call, path, kReadMax);
    if (text) co_return text;
    const ErrorCode code = text.error().code;
    if (code == ErrorCode::kNotFound || code == ErrorCode::kCorruptData) co_return std::string();
    co_return text;
  }

  Task<Result<bool>> ShowsWhatItTook(Call call) {
    LF_CO_TRY(const ObjectPath path, co_await PutNew(call, kFirst));
    LF_CO_TRY(const std::string text, co_await Read(call, path));
    LF_CO_TRY(const Listing listing, co_await ListAll(call, store_, ObjectPath()));
    const auto listed = std::ranges::count(listing.objects, path, &ObjectInfo::path);
    co_return text == kFirst&& listed == 1;
  }

  Task<Result<bool>> RefusesSecondPut(Call call) {
    LF_CO_TRY(const ObjectPath path, co_await PutNew(call, kFirst));
    LF_CO_TRY(const PutOutcome outcome, co_await store_.PutIfAbsent(call, path, "second"));
    LF_CO_TRY(const std::string text, co_await Read(call, path));
    co_return outcome == PutOutcome::kExisted&& text == kFirst;
  }

  Task<Result<bool>> OneOfTwoPuts(Call call) {
    const ObjectPath path = NewName("race");
    const auto [a, b] = co_await Both(store_.PutIfAbsent(call, path, "a"), store_.PutIfAbsent(call, path, "b"));
    LF_CO_TRY_OK(a);
    LF_CO_TRY_OK(b);
    LF_CO_TRY(const std::string text, co_await Read(call, path));
    co_return *a != *b&& text == (*a == PutOutcome::kCreated ? "a" : "b");
  }

  // One whose part is sent, and which is not committed.
  Task<Result<std::unique_ptr<ObjectWriter>>> BeginWith(Call call, ObjectPath path, char byte) {
    LF_CO_TRY(std::unique_ptr<ObjectWriter> writer, co_await store_.Begin(call, path, {}));
    Buffer part(writer->part_bytes());
    std::ranges::fill(part.room(), byte);
    part.Resize(part.capacity());
    const auto written = co_await writer->Write(call, 0, std::move(part));
    LF_CO_TRY_OK(written);
    co_return std::move(writer);
  }

  static Task<Result<PutOutcome>> Commit(Call call, ObjectWriter& writer) {
    return writer.CommitIfAbsent(std::move(call), static_cast<int64_t>(writer.part_bytes()), {});
  }

  // Of two uploads that began when nothing was there one becomes the object: that which ended first, or, of two that
  // end at once, either.
  Task<Result<bool>> OneOfTwoCompletes(Call call, bool at_once) {
    const ObjectPath path = NewName("parts");
    LF_CO_TRY(const std::unique_ptr<ObjectWriter> first, co_await BeginWith(call, path, 'a'));
    LF_CO_TRY(const std::unique_ptr<ObjectWriter> second, co_await BeginWith(call, path, 'b'));
    std::pair<Result<PutOutcome>, Result<PutOutcome>> ended;
    if (at_once) {
      ended = co_await Both(Commit(call, *first), Commit(call, *second));
    } else {
      ended.first = co_await Commit(call, *first);
      ended.second = co_await Commit(call, *second);
    }
    [[maybe_unused]] const Status one = co_await first->Abort(call.Unstoppable());
    [[maybe_unused]] const Status other = co_await second->Abort(call.Unstoppable());
    LF_CO_TRY_OK(ended.first);
    LF_CO_TRY_OK(ended.second);
    LF_CO_TRY(const std::string text, co_await Read(call, path));
    const bool first_won = *ended.first == PutOutcome::kCreated;
    const std::string whole(first->part_bytes(), first_won ? 'a' : 'b');
    co_return *ended.first != *ended.second && (at_once || first_won) && text == whole;
  }

  // Where a new object lies; absent where it is not to be found.
  Task<Result<std::optional<ObjectAddress>>> PutAndFind(Call call, std::string_view text) {
    LF_CO_TRY(const ObjectPath path, co_await PutNew(call, text));
    const auto object = co_await store_.Open(call, path);
    if (object) co_return (*object)->address();
    if (object.error().code == ErrorCode::kNotFound) co_return std::nullopt;
    co_return std::unexpected(object.error());
  }

  Task<Result<bool>> RefusesSecondCopy(Call call) {
    LF_CO_TRY(const ObjectPath path, co_await PutNew(call, kFirst));
    LF_CO_TRY(const std::optional<ObjectAddress> from, co_await PutAndFind(call, "second"));
    if (!from) co_return false;
    LF_CO_TRY(const CopyOutcome outcome, co_await store_.CopyIfAbsent(call, *from, path));
    LF_CO_TRY(const std::string text, co_await Read(call, path));
    co_return outcome == CopyOutcome::kExisted&& text == kFirst;
  }

  Task<Result<bool>> OneOfTwoCopies(Call call) {
    LF_CO_TRY(const std::optional<ObjectAddress> from, co_await PutAndFind(call, kFirst));
    if (!from) co_return false;
    const ObjectPath path = NewName("copy");
    const auto [a, b] = co_await Both(store_.CopyIfAbsent(call, *from, path), store_.CopyIfAbsent(call, *from, path));
    LF_CO_TRY_OK(a);
    LF_CO_TRY_OK(b);
    const bool one = *a == CopyOutcome::kCreated && *b == CopyOutcome::kExisted;
    co_return one || (*a == CopyOutcome::kExisted && *b == CopyOutcome::kCreated);
  }

  Task<Result<bool>> RefusesWrongSignature(Call call) {
    LF_CO_TRY(const ObjectPath path, co_await PutNew(call, kFirst));
    co_return co_await questions_.RefusesWrongSignature(std::move(call), path);
  }

  // That which cannot be seen every time.
  template <typename Step>
  static std::invoke_result_t<Step> Always(Step step) {
    for (int race = 0; race < kRaces; ++race) {
      auto held = co_await Insist(step);
      if (!held || !*held) co_return held;
    }
    co_return true;
  }

  Task<Result<Probed>> Try(Call call) {
    Probed probed;
    LF_CO_TRY(probed.shows_what_it_took, co_await Insist([&] { return ShowsWhatItTook(call); }));
    LF_CO_TRY(probed.refuses_second_put, co_await Insist([&] { return RefusesSecondPut(call); }));
    LF_CO_TRY(probed.one_of_two_puts, co_await Always([&] { return OneOfTwoPuts(call); }));
    LF_CO_TRY(probed.checks_checksums,
              co_await Insist([&] { return questions_.RefusesWrongChecksum(call, NewName("sum")); }));
    LF_CO_TRY(probed.checks_signatures, co_await Insist([&] { return RefusesWrongSignature(call); }));
    LF_CO_TRY(const bool in_turn, co_await Insist([&] { return OneOfTwoCompletes(call, false); }));
    LF_CO_TRY(const bool at_once, co_await Always([&] { return OneOfTwoCompletes(call, true); }));
    probed.refuses_second_completion = in_turn && at_once;
    LF_CO_TRY(const bool copy_in_turn, co_await Insist([&] { return RefusesSecondCopy(call); }));
    LF_CO_TRY(const bool copy_at_once, co_await Always([&] { return OneOfTwoCopies(call); }));
    probed.refuses_second_copy = copy_in_turn && copy_at_once;
    co_return probed;
  }

  ObjectStore& store_;
  ProbeQuestions& questions_;
  std::vector<ObjectPath> made_;
};

}  // namespace

Task<Result<Probed>> ProbeStore(Call call, ObjectStore& store, ProbeQuestions& questions) {
  StoreProber prober(store, questions);
  co_return co_await prober.Run(std::move(call));
}

}  // namespace lakeferry
