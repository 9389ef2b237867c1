// Damaged, cut and hostile files: a clear error that names file and offset, or the right records;
// never anything else.
#include <gtest/gtest.h>

#include <random>

#include "codec/crc32c.h"
#include "codec/fixed.h"
#include "sst/block_builder.h"
#include "sst/format.h"
#include "sst/table_store.h"
#include "sst/testing/counting_objects.h"
#include "sst/testing/golden_tables.h"
#include "sst/testing/random_records.h"

namespace tarn::sst {
namespace {

const StorageNamespace kNamespace("mem://bucket/prefix");

using Read = std::vector<std::pair<std::string, std::string>>;

/// Everything that a client can read from a table of these bytes, in a store of its own.
Result<Read> ReadAll(const std::string& id, const std::string& bytes) {
  CountingObjects objects;
  TableStore store(objects, {});
  TARN_TRY(block::PutObject(objects, {kNamespace.view(), store.AddressOf(id)}, bytes));
  TARN_TRY(store.Properties(kNamespace, id));
  TARN_TRY_ASSIGN(const auto at, store.Iterate(kNamespace, id));
  Read read;
  TARN_TRY(at->Seek(""));
  while (at->Valid()) {
    std::string value;
    TARN_TRY(AppendTableValue(&value, at->value()));
    read.emplace_back(at->key(), value);
    TARN_TRY(at->Next());
  }
  for (size_t i = 0; i < read.size(); i += 1 + read.size() / 20) {
    TARN_TRY(store.Get(kNamespace, id, read[i].first));
    TARN_TRY(store.LowerBound(kNamespace, id, read[i].first + "\x01"));
  }
  return read;
}

void ExpectClearError(const Status& status, const std::string& id) {
  EXPECT_EQ(status.code(), Code::kCorrupt) << status.ToString();
  EXPECT_NE(status.message().find(kNamespace.str() + "/_lakefs/" + id + " at offset "),
            std::string::npos)
      << status.ToString();
}

/// Golden tables, and one of our own where there are none.
std::vector<std::pair<std::string, std::string>> Victims() {
  std::vector<std::pair<std::string, std::string>> victims;
  if (const auto ids = GoldenTableIds()) {
    for (const std::string& id : *ids) {
      GoldenTable golden = ReadGoldenTable(id);
      if (golden.bytes.size() < 300000) victims.emplace_back(id, std::move(golden.bytes));
    }
  }
  RecordMaker make(3);
  Table table = WriteTables(make.Make({}, 2500), {0, UINT64_MAX, UINT64_MAX}).at(0);
  victims.emplace_back(table.id, std::move(table.bytes));
  return victims;
}

class DamageTest : public testing::Test {
 protected:
  DamageTest() : seed_(std::random_device()()), random_(seed_) {
    std::cout << "seed " << seed_ << "\n";
  }
  const uint64_t seed_;
  std::mt19937_64 random_;
};

TEST_F(DamageTest, FlippedBytesAreFoundOrHarmless) {
  int found = 0;
  for (const auto& [id, bytes] : Victims()) {
    SCOPED_TRACE(id);
    const auto expected = ReadAll(id, bytes);
    ASSERT_TRUE(expected.ok()) << expected.status().ToString();
    for (int round = 0; round < 12; ++round) {
      std::string damaged = bytes;
      // Half of them near the end, where footer, index and properties are.
      const size_t reach = round % 2 == 0 ? bytes.size() : std::min<size_t>(bytes.size(), 1500);
      const size_t at = bytes.size() - 1 - random_() % reach;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 + random_() % 255));
      const auto read = ReadAll(id, damaged);
      if (read.ok()) {
        EXPECT_EQ(*read, *expected) << "byte " << at;  // Padding of the footer.
      } else {
        ExpectClearError(read.status(), id);
        ++found;
      }
    }
  }
  EXPECT_GT(found, 0);
}

TEST_F(DamageTest, CutFilesAreFound) {
  for (const auto& [id, bytes] : Victims()) {
    SCOPED_TRACE(id);
    for (int round = 0; round < 5; ++round) {
      const auto read = ReadAll(id, bytes.substr(0, random_() % bytes.size()));
      ASSERT_FALSE(read.ok());
      ExpectClearError(read.status(), id);
    }
    const auto longer = ReadAll(id, bytes + "x");
    ASSERT_FALSE(longer.ok());
    ExpectClearError(longer.status(), id);
  }
}

/// Handles of all blocks of a table, found from its footer and index by brute force: every place
/// where a trailer has the right checksum.
std::vector<BlockHandle> BlocksOf(const std::string& bytes) {
  std::vector<BlockHandle> blocks;
  uint64_t start = 0;
  uint32_t crc = 0;
  for (uint64_t end = 0; end + 5 <= bytes.size(); ++end) {
    const uint32_t with_type = ExtendCrc32c(crc, std::string_view(bytes).substr(end, 1));
    if (end > start && LoadLe<uint32_t>(bytes.data() + end + 1) == MaskCrc(with_type)) {
      blocks.push_back({start, end - start});
      start = end + 5;
      end = start - 1;
      crc = 0;
    } else {
      crc = with_type;
    }
  }
  return blocks;
}

TEST_F(DamageTest, LyingBlocksWithRightChecksumsDoNoHarm) {
  int errors = 0;
  for (const auto& [id, bytes] : Victims()) {
    SCOPED_TRACE(id);
    const std::vector<BlockHandle> blocks = BlocksOf(bytes);
    ASSERT_GE(blocks.size(), 4U);  // Data, index, properties, metaindex.
    for (int round = 0; round < 40; ++round) {
      std::string lying = bytes;
      // The last blocks are index, properties and metaindex.
      const size_t back = round % 2 == 0 ? random_() % blocks.size() : random_() % 3;
      const BlockHandle block = blocks[blocks.size() - 1 - back];
      for (uint64_t left = 1 + random_() % 4; left > 0; --left) {
        // Ends of blocks hold restart points.
        const uint64_t reach =
            random_() % 2 == 0 ? block.size + 1 : std::min(block.size, uint64_t{13});
        lying[block.offset + block.size - random_() % reach] = static_cast<char>(random_());
      }
      const std::string_view covered = std::string_view(lying).substr(block.offset, block.size + 1);
      StoreLe(lying.data() + block.offset + block.size + 1, MaskCrc(Crc32c(covered)));
      const auto read = ReadAll(id, lying);
      if (read.ok()) continue;  // Other bytes of a key or value, vouched for by the checksum.
      ExpectClearError(read.status(), id);
      ++errors;
    }
  }
  EXPECT_GT(errors, 0);
}

TEST_F(DamageTest, ArbitraryBytesAreNoTable) {
  const std::string id(64, 'a');
  for (int round = 0; round < 300; ++round) {
    std::string bytes(random_() % 400, '\0');
    for (char& c : bytes) c = static_cast<char>(random_());
    if (round % 2 == 0 && bytes.size() >= 60) {
      // A footer that points anywhere.
      std::string footer;
      AppendFooter(&footer, {{random_() % 500, random_() % 500}, {random_(), random_()}});
      bytes.replace(bytes.size() - kFooterBytes, kFooterBytes, footer);
    }
    const auto read = ReadAll(id, bytes);
    ASSERT_FALSE(read.ok());
    ExpectClearError(read.status(), id);
  }
}

using Keys = std::vector<std::string>;

/// A table whose blocks have the keys given, in that order, whatever it is, and the checksums
/// right.
std::string TableOf(const std::vector<std::pair<Keys, std::string>>& blocks_and_separators) {
  using namespace std::string_view_literals;
  constexpr auto kTrailer = "\x01\0\0\0\0\0\0\0"sv;
  std::string bytes;
  const auto append = [&](BlockBuilder& block) {
    const uint64_t offset = bytes.size();
    return BlockHandle{offset, AppendStoredBlock(&bytes, block.Finish(), /*compress=*/false)};
  };
  BlockBuilder index(1), metaindex(1);
  for (const auto& [keys, separator] : blocks_and_separators) {
    BlockBuilder block(16);
    for (const std::string& key : keys) {
      std::string value;
      EXPECT_TRUE(AppendTableValue(&value, {"identity", "data"}).ok());
      block.Add(key, kTrailer, value);
    }
    std::string handle;
    AppendHandle(&handle, append(block));
    index.Add(separator, kTrailer, handle);
  }
  const BlockHandle metaindex_at = append(metaindex);
  const BlockHandle index_at = append(index);
  AppendFooter(&bytes, {metaindex_at, index_at});
  return bytes;
}

TEST(KeyOrderTest, KeysThatDoNotAscendAreFound) {
  const std::string id(64, 'a');
  const auto ascending = ReadAll(id, TableOf({{{"", "a", "ab", "b"}, "c"}, {{"d", "e"}, "f"}}));
  ASSERT_TRUE(ascending.ok()) << ascending.status().ToString();
  EXPECT_EQ(ascending->size(), 6U);
  for (const auto& blocks : std::vector<std::vector<std::pair<Keys, std::string>>>{
           {{{"b", "a"}, "c"}},                // In a block,
           {{{"a", "a"}, "c"}},                // where they are equal,
           {{{"", ""}, "c"}},                  //
           {{{"ab", "a"}, "c"}},               // or one begins the other,
           {{{"a", "c"}, "c"}, {{"b"}, "d"}},  // from one block to the next,
           {{{"a"}, "a"}, {{"a", "b"}, "d"}},  //
           {{{"a"}, "m"}, {{"b"}, "c"}},       // in the index.
       }) {
    SCOPED_TRACE(testing::PrintToString(blocks));
    const auto read = ReadAll(id, TableOf(blocks));
    ASSERT_FALSE(read.ok());
    ExpectClearError(read.status(), id);
  }
}

TEST(KeyOrderTest, WhatIsSoughtIsNeverPassedBackwards) {
  const std::string id(64, 'a');
  const std::string bytes = TableOf({{{"a"}, "m"}, {{"b"}, "z"}});
  CountingObjects objects;
  TableStore store(objects, {});
  ASSERT_TRUE(block::PutObject(objects, {kNamespace.view(), store.AddressOf(id)}, bytes).ok());
  const auto at = store.Iterate(kNamespace, id);
  ASSERT_TRUE(at.ok());
  ExpectClearError((*at)->Seek("c"), id);
  EXPECT_FALSE((*at)->Valid());
}

class FooterTest : public testing::Test {
 protected:
  FooterTest() {
    TableWriter writer(TableType::kRange);
    EXPECT_TRUE(writer.Add("key", {"identity", "data"}).ok());
    table_ = *writer.Finish();
  }
  std::string WithTail(std::string_view version_and_magic) const {
    return table_.bytes.substr(0, table_.bytes.size() - version_and_magic.size()) +
           std::string(version_and_magic);
  }
  Table table_;
};

TEST_F(FooterTest, OtherWritersOfTheSameBlocksAreRead) {
  using namespace std::string_view_literals;
  for (const auto tail : {"\x01\0\0\0\xf0\x9f\xaa\xb3\xf0\x9f\xaa\xb3"sv,
                          "\x02\0\0\0\xf0\x9f\xaa\xb3\xf0\x9f\xaa\xb3"sv}) {
    const auto read = ReadAll(table_.id, WithTail(tail));
    ASSERT_TRUE(read.ok()) << read.status().ToString();
    EXPECT_EQ(read->size(), 1U);
  }
  // LevelDB's footer: the handles without a checksum type, padded to 40 bytes.
  const size_t handles = table_.bytes.size() - kFooterBytes;
  const std::string leveldb = table_.bytes.substr(0, handles) +
                              table_.bytes.substr(handles + 1, 40) +
                              "\x57\xfb\x80\x8b\x24\x75\x47\xdb";
  EXPECT_TRUE(ReadAll(table_.id, leveldb).ok());
}

TEST_F(FooterTest, UnknownFormatsAreNamed) {
  using namespace std::string_view_literals;
  const auto message = [&](const std::string& bytes) {
    return std::string(ReadAll(table_.id, bytes).status().message());
  };
  EXPECT_NE(message(WithTail("\x05\0\0\0\xf7\xcf\xf4\x85\xb7\x41\xe2\x88"sv))
                .find("unsupported table format version 5"),
            std::string::npos);
  EXPECT_NE(message(WithTail("\x03\0\0\0\xf0\x9f\xaa\xb3\xf0\x9f\xaa\xb3"sv))
                .find("unsupported table format version 3"),
            std::string::npos);
  std::string other_checksum = table_.bytes;
  other_checksum[other_checksum.size() - kFooterBytes] = 2;
  EXPECT_NE(message(other_checksum).find("unsupported checksum type 2"), std::string::npos);
}

}  // namespace
}  // namespace tarn::sst
