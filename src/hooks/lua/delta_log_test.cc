#include "hooks/lua/delta_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace tarn::hooks::lua {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kProtocol = R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})";
constexpr const char* kMetadata = R"({"metaData":{"id":"i"}})";

std::string ReadFile(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

class MemoryFiles : public DeltaFiles {
 public:
  std::map<std::string, std::string> files;

  Result<std::vector<std::string>> List(std::string_view from) override {
    std::vector<std::string> names;
    for (auto at = files.lower_bound(std::string(from)); at != files.end(); ++at) {
      names.push_back(at->first);
    }
    return names;
  }
  Result<std::optional<std::string>> Read(std::string_view name) override {
    const auto found = files.find(std::string(name));
    return found == files.end() ? std::nullopt : std::optional(found->second);
  }
};

class DeltaLogTest : public ::testing::Test {
 protected:
  static std::string Name(int version, const std::string& kind) {
    std::string number = std::to_string(version);
    return std::string(20 - number.size(), '0') + number + "." + kind;
  }
  void AddCommits(int first, int last) {
    for (int version = first; version <= last; ++version) {
      std::string& file = files_.files[Name(version, "json")];
      if (version == 0) file = std::string(kProtocol) + "\n" + kMetadata + "\n";
      file += R"({"add":{"path":")" + std::to_string(version) + R"("}})";
    }
  }
  /// A checkpoint that delta-rs wrote.
  void AddCheckpoint(int version, const std::string& kind = "checkpoint.parquet") {
    files_.files[Name(version, kind)] = ReadFile("src/codec/testing/parquet/delta-rs.parquet");
  }
  void Hint(const std::string& text) { files_.files["_last_checkpoint"] = text; }

  Result<DeltaTable> Read() { return ReadDeltaTable(files_, "tables/t", limits_); }
  std::vector<int64_t> Versions() {
    const auto table = Read();
    EXPECT_TRUE(table.ok()) << table.status().ToString();
    std::vector<int64_t> versions;
    if (!table.ok()) return versions;
    for (const auto& [version, lines] : table->log) versions.push_back(version);
    return versions;
  }
  std::string Failure() {
    const auto table = Read();
    EXPECT_FALSE(table.ok());
    return table.ok() ? "" : std::string(table.status().message());
  }

  MemoryFiles files_;
  DeltaLimits limits_{.check = [] { return Status(); }};
};

TEST_F(DeltaLogTest, CommitsFromTheFirst) {
  AddCommits(0, 12);
  files_.files["00000000000000000003.crc"] = "{}";
  files_.files["00000000000000000000.00000000000000000009.compacted.json"] = "{}";
  EXPECT_EQ(Versions().size(), 13U);
  EXPECT_THAT(Read()->log[0], ElementsAre(kProtocol, kMetadata, R"({"add":{"path":"0"}})"));
}

TEST_F(DeltaLogTest, CheckpointThatTheHintNames) {
  AddCommits(0, 5);
  AddCheckpoint(3);
  AddCheckpoint(5);
  EXPECT_THAT(Versions(), ElementsAre(0, 1, 2, 3, 4, 5));
  Hint(R"({"version":3,"size":1})");
  EXPECT_THAT(Versions(), ElementsAre(-3, 3, 4, 5));
  const auto table = Read();
  ASSERT_EQ(table->log.at(-3).size(), 8U);
  EXPECT_EQ(table->state.protocol.IntAt("minReaderVersion"), 1);
  EXPECT_EQ(table->state.metadata.StringAt("name"), "a table");
}

TEST_F(DeltaLogTest, HintsThatAreOfNoUse) {
  AddCommits(0, 2);
  for (const char* hint : {"", "no JSON", "{}", R"({"version":-3})", R"({"version":"1"})",
                           R"({"version":2})", R"({"version":99})"}) {
    Hint(hint);
    EXPECT_THAT(Versions(), ElementsAre(0, 1, 2)) << hint;
  }
}

TEST_F(DeltaLogTest, CheckpointsAfterTheLogWasCleaned) {
  AddCommits(4, 7);
  AddCheckpoint(4);
  EXPECT_THAT(Versions(), ElementsAre(-4, 4, 5, 6, 7));
  files_.files.erase(Name(4, "json"));
  EXPECT_THAT(Versions(), ElementsAre(-4, 5, 6, 7));
  // From this one on something is missing; from the next one not.
  files_.files.erase(Name(5, "json"));
  AddCheckpoint(6);
  EXPECT_THAT(Versions(), ElementsAre(-6, 6, 7));
  Hint(R"({"version":4})");
  EXPECT_THAT(Versions(), ElementsAre(-6, 6, 7));
}

TEST_F(DeltaLogTest, CheckpointInParts) {
  AddCommits(9, 9);
  AddCheckpoint(8, "checkpoint.0000000001.0000000002.parquet");
  EXPECT_THAT(Failure(), HasSubstr("commits of the Delta table are missing: tables/t"));
  AddCheckpoint(8, "checkpoint.0000000002.0000000002.parquet");
  EXPECT_THAT(Versions(), ElementsAre(-8, 9));
  EXPECT_EQ(Read()->log.at(-8).size(), 16U);
}

TEST_F(DeltaLogTest, WhatIsNoTableOrNotWhole) {
  EXPECT_EQ(Read().code(), Code::kNotFound);
  files_.files["other"] = "";
  EXPECT_THAT(Failure(), HasSubstr("there is no Delta table: tables/t"));
  AddCommits(0, 3);
  files_.files.erase(Name(2, "json"));
  EXPECT_EQ(Read().code(), Code::kCorrupt);
  AddCheckpoint(2, "checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json");
  EXPECT_EQ(Read().code(), Code::kUnsupported);
}

TEST_F(DeltaLogTest, ProtocolsThatAreNotKnown) {
  const auto with = [this](const std::string& protocol) {
    files_.files[Name(0, "json")] = "{\"protocol\":" + protocol + "}\n" + kMetadata;
    const auto table = Read();
    return table.ok() ? std::string() : std::string(table.status().message());
  };
  EXPECT_EQ(with(R"({"minReaderVersion":2})"), "invalid protocol version");
  EXPECT_EQ(with("{}"), "invalid protocol version");
  EXPECT_EQ(with(R"({"minReaderVersion":3,"readerFeatures":["deletionVectors","columnMapping"]})"),
            "unsupported reader feature: columnMapping");
  EXPECT_EQ(with(R"({"minReaderVersion":3,"readerFeatures":["deletionVectors","timestampNtz"]})"),
            "");
  EXPECT_EQ(with("null"), "the Delta table has no protocol or no metadata: tables/t");
}

TEST_F(DeltaLogTest, ActionsAsTheyArePassedOn) {
  AddCommits(0, 0);
  files_.files[Name(1, "json")] =
      R"({"commitInfo":{"operationMetrics":{"n":12345678901234567},"any":null,"own":"x"}})"
      "\n\n \r\n"
      R"({"add":{"path":"p","partitionValues":{"a":null},"stats":null,"own":1,)"
      R"("deletionVector":{"storageType":"u","offset":null}}})"
      "\n"
      R"({"unknownAction":{}})"
      "\n"
      R"({"txn":null})";
  EXPECT_THAT(
      Read()->log.at(1),
      ElementsAre(R"({"commitInfo":{"operationMetrics":{"n":12345678901234567},"own":"x"}})",
                  R"({"add":{"path":"p","partitionValues":{"a":null},)"
                  R"("deletionVector":{"storageType":"u"}}})"));
}

TEST_F(DeltaLogTest, BrokenFilesAreNamed) {
  AddCommits(0, 1);
  files_.files[Name(1, "json")] = "{\"add\":";
  EXPECT_THAT(Failure(), HasSubstr("tables/t: 00000000000000000001.json: unexpected EOF"));
  files_.files.clear();
  files_.files[Name(3, "checkpoint.parquet")] = "PAR1";
  EXPECT_THAT(Failure(),
              HasSubstr("tables/t: 00000000000000000003.checkpoint.parquet: not a Parquet file"));
}

TEST_F(DeltaLogTest, Limits) {
  AddCommits(0, 100);
  limits_.bytes_max = 1000;
  EXPECT_EQ(Read().code(), Code::kTooLarge);
  limits_ = {.check = [] { return Status(Code::kCancelled); }};
  EXPECT_EQ(Read().code(), Code::kCancelled);
}

}  // namespace
}  // namespace tarn::hooks::lua
