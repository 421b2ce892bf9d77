#include "tests/engine/world.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/check.h"
#include "plan/incident/incident_words.h"

namespace lakeferry::engine {

Task<void> TestClock::SleepFor(Call call, Millis duration) {
  if (!call.stopped()) {
    now_ += duration;
    sleeps.push_back(duration);
    if (on_sleep) on_sleep();
  }
  co_await boost::asio::post(boost::asio::use_awaitable);
}

WorkflowSource& TestWorkflows::Of(const std::string& group) {
  asked_for.insert(group);
  return *this;
}

Task<Result<std::optional<TimeMs>>> TestWorkflows::PresentTime(Call call) {
  deadlines.push_back(call.deadline);
  co_return present ? present() : std::nullopt;
}

Task<Result<std::vector<Run>>> TestWorkflows::RunsSince(Call call, std::string workflow, TimeMs since) {
  deadlines.push_back(call.deadline);
  if (failure) co_return std::unexpected(*failure);
  const auto found = runs.find(workflow);
  if (found == runs.end()) co_return Fail(ErrorCode::kNotFound, "no such workflow", workflow);
  std::vector<Run> answer;
  for (const Run& run : found->second) {
    if (!run.end || *run.end >= since) answer.push_back(run);
  }
  co_return answer;
}

Task<Status> TestNotifier::Ready(Call) {
  if (failure) co_return std::unexpected(*failure);
  co_return Status{};
}

Task<Status> TestNotifier::Send(Call, Incident incident) {
  ++attempts;
  if (failure) co_return std::unexpected(*failure);
  plan::IncidentWords words = plan::WordsOf(incident);
  sent.push_back({.to = std::move(incident.to), .subject = std::move(words.subject), .body = std::move(words.body)});
  co_return Status{};
}

void TestLogger::Write(LogLevel /*level*/, std::string_view event, std::vector<LogField> fields) {
  std::string line(event);
  for (const LogField& field : fields) {
    line += fmt::format(" {}=", field.key);
    if (const auto* where = std::get_if<LogPlace>(&field.value)) {
      line += where->place.text();
    } else if (const auto* text = std::get_if<std::string>(&field.value)) {
      line += *text;
    } else {
      line += std::to_string(std::get<int64_t>(field.value));
    }
  }
  lines.push_back(std::move(line));
}

bool TestLogger::Has(std::string_view text) const {
  return std::ranges::any_of(lines, [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

std::string TestTable::LogName(int64_t version) { return fmt::format("_delta_log/{:020}.json", version); }

void TestTable::Create(std::string_view properties, std::string_view protocol) {
  const std::string plain = R"({"minReaderVersion":1,"minWriterVersion":2})";
  Commit({fmt::format(R"({{"protocol":{}}})", protocol.empty() ? plain : std::string(protocol)),
          fmt::format(R"({{"metaData":{{"id":"id-of-{}","format":{{"provider":"parquet","options":{{}}}},)"
                      R"("schemaString":"s","partitionColumns":[],"configuration":{{{}}}}}}})",
                      store_->uri(), properties)});
}

Version TestTable::Commit(const std::vector<std::string>& lines, const std::string& run) {
  clock_->Advance(Millis(1'000));
  const int64_t now = ToEpochMs(clock_->WallTime());
  std::string text =
      run.empty() ? fmt::format(R"({{"commitInfo":{{"timestamp":{0},"inCommitTimestamp":{0}}}}})", now)
                  : fmt::format(R"({{"commitInfo":{{"timestamp":{0},"inCommitTimestamp":{0},"userMetadata":"{1}"}}}})",
                                now, run);
  text += "\n";
  for (const std::string& line : lines) text += line + "\n";
  store_->Set(LogName(next_), std::move(text));
  clock_->Advance(Millis(1'000));
  return Version(next_++);
}

std::string TestTable::Add(const std::string& path, const std::string& more) {
  store_->Set(path, "data of " + path);
  return AddAgain(path, more);
}

std::string TestTable::AddAgain(const std::string& path, const std::string& more) {
  const TimeMs written = written_.try_emplace(path, clock_->WallTime()).first->second;
  return fmt::format(
      R"({{"add":{{"path":"{}","partitionValues":{{}},"size":{},"modificationTime":{},"dataChange":true{}}}}})", path,
      path.size() + 8, ToEpochMs(written), more);
}

std::string TestTable::Remove(const std::string& path, const std::string& more) {
  return fmt::format(R"({{"remove":{{"path":"{}","deletionTimestamp":1,"dataChange":true{}}}}})", path, more);
}

void TestTable::CleanLog() {
  delta::SnapshotBuilder builder;
  for (int64_t version = 0; version < next_; ++version) {
    const std::string name = LogName(version);
    LF_CHECK(builder.ApplyCommit(Version(version), *store_->objects().at(name).bytes, name), "the log is whole");
    if (version + 1 < next_) store_->objects().erase(name);
  }
  const auto snapshot = std::move(builder).Finish(newest(), clock_->WallTime());
  LF_CHECK(snapshot.has_value(), "the log is whole");
  std::string text = delta::ToLine(snapshot->protocol) + "\n" + delta::ToLine(snapshot->metadata) + "\n";
  for (const auto& [name, domain] : snapshot->domains) text += delta::ToLine(domain) + "\n";
  for (const auto& [app, txn] : snapshot->txns) text += delta::ToLine(txn) + "\n";
  for (const auto* entry : snapshot->files.Sorted()) text += delta::ToLine(entry->second) + "\n";
  store_->Set(fmt::format("_delta_log/{:020}.checkpoint.parquet", newest().value()), std::move(text));
}

Result<std::shared_ptr<const plan::ZoneRules>> World::Utc::Find(const std::string& name) const {
  if (name != "UTC") return Fail(ErrorCode::kInvalidArgument, "no such zone", name);
  return std::shared_ptr<const plan::ZoneRules>(std::make_shared<Utc>());
}

World::World(std::vector<std::string> tables, delta::ReplicationMode mode, std::optional<int> copies)
    : west{.region = "west",
           .clock = clock,
           .random = dice_,
           .log = log,
           .state = west_state,
           .stores = stores,
           .workflows = workflows,
           .notifier = notifier,
           .checkpoints = checkpoints_,
           .checkpoint_writer = checkpoint_writer_,
           .scratch = scratch,
           .zones = zones_,
           .copy_slots = slots_,
           .pool = loop.get_executor(),
           .cores = loop.get_executor(),
           .limits = {}},
      east{.region = "east",
           .clock = clock,
           .random = dice_,
           .log = log,
           .state = east_state,
           .stores = stores,
           .workflows = workflows,
           .notifier = notifier,
           .checkpoints = checkpoints_,
           .checkpoint_writer = checkpoint_writer_,
           .scratch = scratch,
           .zones = zones_,
           .copy_slots = slots_,
           .pool = loop.get_executor(),
           .cores = loop.get_executor(),
           .limits = {}},
      slots_(loop.get_executor(), copies.value_or(4)) {
  if (copies) west.limits.copies_in_flight_max = east.limits.copies_in_flight_max = *copies;
  if (kRealPools) {
    west.pool = east.pool = pool_.emplace(2).get_executor();
    west.cores = east.cores = cores_.emplace(2).get_executor();
  }
  spec.workspace = "demo";
  spec.name = "orders";
  spec.workflows = {"nightly"};
  spec.mode = mode;
  spec.staging_uri = "mem://east/staging";
  spec.staging_name = spec.staging_uri;
  spec.sync_interval = Millis(60'000);
  spec.poll_interval = spec.sync_interval;
  spec.clock_skew_margin = Millis(0);  // all have one clock; absent where a test is about comparing them
  for (const std::string& name : tables) {
    spec.tables.Edit().push_back(
        {.name = name, .source_uri = "mem://west/" + name, .target_uri = "mem://east/" + name});
    tables_.emplace(name, TestTable(&source(name), &clock));
  }
  workflows.runs["nightly"];
  Restart();
}

void World::InRun(const std::string& run_id, const std::function<void()>& write, RunState state) {
  clock.Advance(Millis(1'000));
  lakeferry::Run run{.workflow = "nightly", .run_id = run_id, .start = clock.WallTime(), .end = {}};
  write();
  if (state != RunState::kRunning) run.end = clock.WallTime();
  run.state = state;
  workflows.runs["nightly"].push_back(run);
  clock.Advance(Millis(1'000));
}

void World::CreateAll(const std::string& run_id) {
  InRun(run_id, [this] {
    for (auto& [name, table] : tables_) table.Create();
    for (auto& [name, table] : tables_) table.Commit({table.Add("f0")});
  });
}

void World::AppendAll(const std::string& run_id, const std::string& path) {
  InRun(run_id, [this, &path] {
    for (auto& [name, table] : tables_) table.Commit({table.Add(path)});
  });
}

Result<PassResult> World::Send() { return Run(sender->RunOnce({})); }
Result<PassResult> World::Receive(std::stop_token stop) {
  return Run(receiver->RunOnce(Call{.stop = std::move(stop)}));
}

void World::Restart() {
  sender = std::make_unique<GroupSender>(west, spec);
  receiver = std::make_unique<GroupReceiver>(east, spec);
}

void World::FirstEpoch() {
  CreateAll();
  const auto sent = Send();
  ASSERT_THAT(sent, Succeeded());
  ASSERT_EQ(sent->epoch, Epoch(1));
  const auto received = Receive();
  ASSERT_THAT(received, Succeeded());
  ASSERT_EQ(received->epoch, Epoch(1));
}

delta::FullSnapshot World::SnapshotOf(MemoryStore& store) {
  const TableLog table(std::shared_ptr<ObjectStore>(&store, [](ObjectStore*) {}), west);
  const auto listing = Run(table.ListAll({}));
  EXPECT_THAT(listing, Succeeded());
  if (!listing) return {};
  delta::FullSnapshot found;
  auto snapshot = Run(table.Load({}, *listing, std::nullopt, found.files));
  EXPECT_THAT(snapshot, Succeeded());
  static_cast<delta::Snapshot&>(found) = std::move(snapshot).value_or(delta::Snapshot());
  return found;
}

std::vector<std::string> World::Live(MemoryStore& store) {
  std::vector<std::string> paths;
  const delta::FullSnapshot snapshot = SnapshotOf(store);
  for (const auto* entry : snapshot.files.Sorted()) {
    const auto& vector = entry->second.deletion_vector;
    paths.push_back(vector ? entry->second.path + "#" + vector->path_or_inline_dv : entry->second.path);
  }
  return paths;
}

void World::ExpectSame(const std::string& table) {
  EXPECT_EQ(Live(source(table)), Live(target(table))) << table;
  const delta::FullSnapshot replica = SnapshotOf(target(table));
  for (const auto* entry : replica.files.Sorted()) {
    const std::string& path = entry->second.path;
    EXPECT_EQ(Text(target(table), path), Text(source(table), path)) << table << "/" << path;
  }
}

std::string World::Text(MemoryStore& store, const std::string& path) {
  const auto found = store.objects().find(path);
  return found == store.objects().end() ? "(missing)" : *found->second.bytes;
}

std::vector<std::string> World::Staged(const std::string& prefix) {
  std::vector<std::string> names;
  for (const auto& [name, object] : staging().objects()) {
    if (name.starts_with(prefix)) names.push_back(name);
  }
  return names;
}

plan::Manifest World::ManifestOf(int64_t epoch) {
  const std::string name = plan::StagingLayout(spec.name).Manifest(Epoch(epoch)).text();
  const std::string text = Text(staging(), name);
  const auto document = plan::ReadDocument(text, name);
  EXPECT_THAT(document, Succeeded());
  auto manifest = plan::ReadManifest(document ? document->body : text, name);
  EXPECT_THAT(manifest, Succeeded());
  return manifest.value_or(plan::Manifest());
}

std::optional<plan::Receipt> World::ReceiptOf(int64_t epoch) {
  const std::string name = plan::StagingLayout(spec.name).Receipt(Epoch(epoch)).text();
  if (!staging().objects().contains(name)) return std::nullopt;
  const std::string text = Text(staging(), name);
  const auto document = plan::ReadDocument(text, name);
  EXPECT_THAT(document, Succeeded());
  auto receipt = plan::ReadReceipt(document ? document->body : text, name);
  EXPECT_THAT(receipt, Succeeded());
  return receipt ? std::optional(*receipt) : std::nullopt;
}

}  // namespace lakeferry::engine
