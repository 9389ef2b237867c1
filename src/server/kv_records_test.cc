// Records as JSON, dump files, and that every record of the recorded installations is understood:
// it reads as its message without a rest and is written back as the same bytes.
#include "server/kv_records.h"

#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <sstream>
#include <vector>

#include "codec/entry.h"
#include "codec/hex.h"
#include "codec/testing/golden_data.h"
#include "proto/graveler.pb.h"
#include "records/message.h"
#include "refs/records.h"
#include "server/kv_dump_file.h"

namespace tarn::server {
namespace {

namespace pb = ::google::protobuf;

std::string Unhex(std::string_view text) {
  // "\\x" and hex digits, as PostgreSQL dumps bytes.
  std::string bytes;
  for (size_t i = 3; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

/// The rows of a dump of the reference's table.
std::vector<DumpEntry> ReadRows(const std::string& text) {
  std::vector<DumpEntry> rows;
  std::istringstream lines(text);
  bool in_rows = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("COPY public.kv")) {
      in_rows = true;
    } else if (line == "\\.") {
      in_rows = false;
    } else if (in_rows) {
      const size_t first = line.find('\t'), second = line.find('\t', first + 1);
      rows.push_back({Unhex(std::string_view(line).substr(0, first)),
                      Unhex(std::string_view(line).substr(first + 1, second - first - 1)),
                      Unhex(std::string_view(line).substr(second + 1))});
    }
  }
  return rows;
}

/// True if some map in the message has several keys: the reference writes them in any order.
bool HasLargeMap(const pb::Message& message) {
  std::vector<const pb::FieldDescriptor*> fields;
  const pb::Reflection& all = *message.GetReflection();
  all.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    if (field->is_map() && all.FieldSize(message, field) > 1) return true;
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated() && HasLargeMap(all.GetMessage(message, field))) return true;
  }
  return false;
}

bool HasUnknownFields(const pb::Message& message) {
  const pb::Reflection& all = *message.GetReflection();
  if (!all.GetUnknownFields(message).empty()) return true;
  std::vector<const pb::FieldDescriptor*> fields;
  all.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? all.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (HasUnknownFields(field->is_repeated() ? all.GetRepeatedMessage(message, field, i)
                                                : all.GetMessage(message, field))) {
        return true;
      }
    }
  }
  return false;
}

/// What the records that are decoded by hand come out as; nothing for others.
std::optional<std::string> ByHand(const pb::Message& message, const DumpEntry& row) {
  if (message.GetDescriptor()->name() == "BranchData") {
    return refs::EncodeBranch(*refs::DecodeBranch(row.value));
  }
  if (message.GetDescriptor()->name() == "CommitData") {
    const refs::Commit commit = *refs::DecodeCommit(row.value);
    EXPECT_EQ("commits/" + refs::ComputeCommitId(commit).str(), row.key);
    return refs::EncodeCommit(commit);
  }
  return std::nullopt;
}

void CheckEntry(const std::string& data) {
  if (data.empty()) return;  // A tombstone.
  const auto view = ParseEntry(data);
  ASSERT_TRUE(view.ok());
  const Entry entry = ToEntry(*view);
  std::string again;
  AppendEntry(&again, entry);
  if (entry.metadata.size() <= 1) {
    EXPECT_EQ(ToHex(again), ToHex(data));
  }
}

class TakenOverTest : public testing::TestWithParam<const char*> {};

TEST_P(TakenOverTest, EveryRecordIsUnderstood) {
  const auto dump = ReadGolden(std::string("fixtures/") + GetParam() + "/kv.sql");
  if (!dump) GTEST_SKIP() << "the recorded installation " << GetParam() << " is not here";
  const std::vector<DumpEntry> rows = ReadRows(*dump);
  ASSERT_GT(rows.size(), 50u);
  std::map<std::string, int> seen;
  for (const DumpEntry& row : rows) {
    SCOPED_TRACE(row.partition + " " + row.key);
    const auto message = NewRecordMessage(row.partition, row.key);
    if (!message) {
      ++seen["text"];
      continue;
    }
    ++seen[message->GetDescriptor()->name()];
    ASSERT_TRUE(message->ParseFromString(row.value));
    EXPECT_FALSE(HasUnknownFields(*message));
    if (!HasLargeMap(*message)) {
      EXPECT_EQ(ToHex(records::Serialize(*message)), ToHex(row.value));
      const auto by_hand = ByHand(*message, row);
      if (by_hand) {
        EXPECT_EQ(ToHex(*by_hand), ToHex(row.value));
      }
    }
    if (const auto* staged =
            dynamic_cast<const ::io::treeverse::lakefs::graveler::StagedEntryData*>(
                message.get())) {
      EXPECT_EQ(staged->key(), row.key);
      CheckEntry(staged->data());
    }
  }
  for (const char* type : {"RepositoryData", "BranchData", "CommitData", "UserData",
                           "CredentialData", "StagedEntryData"}) {
    EXPECT_GT(seen[type], 0) << type;
  }
  EXPECT_LT(seen["text"], 100);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, TakenOverTest, testing::Values("takeover-a", "takeover-b"));

TEST(KvRecords, Json) {
  refs::Branch branch = {.id = BranchId("main"), .commit = CommitId("c")};
  branch.sealed_tokens = {StagingToken("t")};
  EXPECT_EQ(RecordAsJson("repo-xyz", "branches/main", refs::EncodeBranch(branch)),
            R"({"id":"main","commit_id":"c","sealed_tokens":["t"]})");
  refs::Commit commit = {.message = "m", .created = {5, 7}};
  commit.metadata = {{"b", "2"}, {"a", "1"}};
  EXPECT_EQ(RecordAsJson("repo-xyz", "commits/c", refs::EncodeCommit(commit)),
            R"({"message":"m","creation_date":{"seconds":5,"nanos":7},)"
            R"("metadata":{"a":"1","b":"2"},"version":1,"generation":1})");
  EXPECT_EQ(RecordAsJson("kv-internal-metadata", "kv/schema/version", "1"), "\"MQ==\"");
  EXPECT_EQ(RecordAsJson("repo-xyz", "branches/main", "\xff"), "\"/w==\"");
  EXPECT_EQ(RecordAsJson("repo-main:uuid", "branches/x", std::string("\x0a\x01x\x12\x01i")),
            R"({"key":"eA==","identity":"aQ=="})");
  EXPECT_EQ(RecordLine("p", "k", ""), R"({"partition":"p","key":"k","value":""})");
}

std::string Written(const std::vector<DumpEntry>& entries, DumpLayout layout) {
  std::string text;
  DumpFileWriter writer(
      [&](std::string_view piece) {
        text += piece;
        return Status();
      },
      layout);
  EXPECT_TRUE(writer.Begin({1'700'000'000, 5}).ok());
  for (const DumpEntry& entry : entries) EXPECT_TRUE(writer.Add(entry).ok());
  EXPECT_TRUE(writer.End().ok());
  return text;
}

Result<std::vector<DumpEntry>> Read(const std::string& text) {
  std::istringstream in(text);
  std::vector<DumpEntry> entries;
  TARN_TRY(ReadDumpFile(in, [&](DumpEntry entry) {
    entries.push_back(std::move(entry));
    return Status();
  }));
  return entries;
}

TEST(KvDumpFile, Layouts) {
  EXPECT_EQ(Written({}, DumpLayout::kCompact),
            "{\"version\":\"1.0\",\"timestamp\":\"2023-11-14T22:13:20Z\"}\n");
  const std::vector<DumpEntry> entries = {{"p", "k", "v"}, {"q", "{[\"\\,:", ""}};
  EXPECT_EQ(Written(entries, DumpLayout::kCompact),
            "{\"version\":\"1.0\",\"timestamp\":\"2023-11-14T22:13:20Z\",\"entries\":["
            "{\"partition\":\"p\",\"key\":\"k\",\"value\":\"dg==\"},"
            "{\"partition\":\"q\",\"key\":\"{[\\\"\\\\,:\",\"value\":\"\"}]}\n");
  EXPECT_TRUE(Written({{"p", "k", "v"}}, DumpLayout::kPretty)
                  .ends_with("Z\",\n  \"entries\": [\n    {\n      \"partition\": \"p\",\n"
                             "      \"key\": \"k\",\n      \"value\": \"dg==\"\n    }\n  ]\n}\n"));
}

TEST(KvDumpFile, RoundTrip) {
  const std::vector<DumpEntry> entries = {
      {"p", "k", std::string("\0\xff", 2)}, {"q", "{[\"\\,:", ""}, {"r", "\xff/", "v"}};
  for (const DumpLayout layout : {DumpLayout::kCompact, DumpLayout::kPretty}) {
    const auto read = Read(Written(entries, layout));
    ASSERT_TRUE(read.ok()) << read.status().ToString();
    ASSERT_EQ(read->size(), entries.size());
    for (size_t i = 0; i < entries.size(); ++i) {
      EXPECT_EQ((*read)[i].partition, entries[i].partition);
      EXPECT_EQ((*read)[i].key, entries[i].key);
      EXPECT_EQ((*read)[i].value, entries[i].value);
    }
    EXPECT_EQ(Read(Written({}, layout))->size(), 0u);
  }
}

TEST(KvDumpFile, RefusesOtherText) {
  for (const char* text :
       {"", "[]", "{}", R"({"version":"2.0","entries":[]})", R"({"version":"1.0","entries":[1]})",
        R"({"version":"1.0","entries":[{"partition":"p")", R"({"version":"1.0","entries":[)",
        R"({"version":"1.0","other":[],"entries":[]})",
        R"({"version":"1.0","entries":[{"partition":"p","key":"k","value":"%"}]})"}) {
    EXPECT_EQ(Read(text).code(), Code::kInvalidRequest) << text;
  }
}

}  // namespace
}  // namespace tarn::server
