// The program as its users call it, within this process, and a folder of its own for each test.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "daemon/commands/command_line.h"

namespace lakeferry {

namespace fs = std::filesystem;

// What a command answered; lines for people as they were before they were broken.
struct Answer {
  int code = 0;
  std::string out;
  std::string err;
  std::string raw;  // both, as printed
};

// Text for people without the line ends at which it was wrapped.
inline std::string Unwrapped(const std::string& text) { return std::regex_replace(text, std::regex("\n {4,}"), " "); }

inline Answer Invoke(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  Answer answer;
  answer.code = RunCommandLine(arguments, out, err);
  answer.raw = out.str() + err.str();
  answer.out = Unwrapped(out.str());
  answer.err = Unwrapped(err.str());
  return answer;
}

inline void Write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

inline std::string Read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// A folder of its own for each test, with a configuration of one group of one table.
class Commands : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(::testing::TempDir()) / ("lakeferry_" + std::to_string(::getpid()) + "_" + test->name());
    fs::remove_all(root_);
    Write(root_ / "c.yaml", Config("workflow: nightly"));
  }
  void TearDown() override { fs::remove_all(root_); }

  [[nodiscard]] std::string Config(const std::string& trigger) const {
    const std::string place = "file://" + root_.string();
    return "metadata_store: " + (root_ / "metadata.db").string() +
           "\nworkspaces:\n  - workspace_name: demo\n    sync_location_secondary: " + place +
           "/staging\n    sync_interval: 1h\n    sync_groups:\n      - group_name: orders\n        " + trigger +
           "\n        tables: [{name: bronze, source: '" + place + "/source', target: '" + place + "/target'}]\n";
  }

  [[nodiscard]] Answer Run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--config", (root_ / "c.yaml").string()});
    return Invoke(arguments);
  }

  // One more version of the source: a file of `bytes` bytes.
  void Commit(int version, size_t bytes) const {
    const std::string file = "part-" + std::to_string(version) + ".parquet";
    Write(root_ / "source" / file, std::string(bytes, static_cast<char>('a' + version)));
    std::string log;
    if (version == 0) {
      log += R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})"
             "\n"
             R"({"metaData":{"id":"5fba94ed-9794-4965-ba6e-6ee3c0d22af9","format":{"provider":"parquet","options":{}},)"
             R"("schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"long\",\"nullable\":true,)"
             R"(\"metadata\":{}}]}","partitionColumns":[],"configuration":{},"createdTime":1700000000000}})"
             "\n";
    }
    log += R"({"add":{"path":")" + file + R"(","partitionValues":{},"size":)" + std::to_string(bytes) +
           R"(,"modificationTime":1700000000000,"dataChange":true,"stats":"{\"numRecords\":3}"}})" + "\n";
    std::string name = std::to_string(version);
    name.insert(0, 20 - name.size(), '0');
    Write(root_ / "source" / "_delta_log" / (name + ".json"), log);
  }

  // A successful run that ended just now, after every commit.
  void EndRun(const std::string& id) const {
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    const Answer added = Run({"runs", "add", "nightly", "--run-id", id, "--start", std::to_string(now - 60'000),
                              "--end", std::to_string(now), "--state", "success"});
    ASSERT_EQ(added.code, 0) << added.err;
  }

  fs::path root_;
};

}  // namespace lakeferry
