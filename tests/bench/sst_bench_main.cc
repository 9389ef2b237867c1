// Costs of sorted tables on this machine: reading, looking up, writing, and copying with one
// change against writing everything again. Prints one figure per line; CPU of one thread.
//
//   sst_bench [ENTRIES [write|read|copy]]
#include <cstdio>
#include <ctime>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "base/check.h"
#include "block/mem/mem_store.h"
#include "codec/entry.h"
#include "codec/hex.h"
#include "sst/table_store.h"

namespace tarn::sst {
namespace {

constexpr int kRounds = 9;
const StorageNamespace kNamespace("mem://bench/tables");
const BreakRule kNever{0, UINT64_MAX, UINT64_MAX};

struct Record {
  std::string key;
  Value value;
};

/// Entries as an import makes them. `uniform` ones are all of one length, so that after a change no
/// block border falls where it was: the worst case of copying.
std::vector<Record> MakeRecords(size_t count, bool uniform) {
  std::vector<Record> records(count);
  std::mt19937_64 random(1);
  for (size_t i = 0; i < count; ++i) {
    char key[64];
    std::snprintf(key, sizeof key, "tables/day=%03zu/part-%05zu.parquet", i / 1000, i % 1000);
    Entry entry;
    entry.address = "local:///srv/lake/" + std::string(key);
    entry.address_type = AddressType::kFull;
    entry.last_modified.seconds = 1750000000 + static_cast<int64_t>(random() % 1000000);
    entry.last_modified.nanos =
        static_cast<int32_t>(uniform ? 500000000 + random() % 100000000 : random() % 1000000000);
    entry.size = static_cast<int64_t>(uniform ? 20000 + random() % 100000 : random() % 5000000);
    const std::string digest = std::to_string(random());
    entry.checksum = ToHex(AsView(Md5(digest)));
    records[i].key = key;
    records[i].value.identity = AsView(IdentityOf(entry));
    AppendEntry(&records[i].value.data, entry);
  }
  return records;
}

double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Median CPU seconds of a call.
double Median(const std::function<void(int)>& work) {
  std::vector<double> times;
  for (int round = 0; round < kRounds; ++round) {
    const double start = CpuSeconds();
    work(round);
    times.push_back(CpuSeconds() - start);
  }
  std::sort(times.begin(), times.end());
  return times[kRounds / 2];
}

Table WriteAll(const std::vector<Record>& records) {
  TableWriter writer(TableType::kRange);
  for (const Record& record : records) {
    TARN_CHECK(writer.Add(record.key, record.value.view()).ok());
    TARN_CHECK(!writer.BreaksAfterLast(kNever));
  }
  return *writer.Finish();
}

/// Copies a table with one record more at `key`; `by_record` is the plain way to do it.
Table CopyWithChange(TableStore& store, const Table& base, const Record& change, bool by_record) {
  auto from = *store.Iterate(kNamespace, base.id);
  TARN_CHECK(from->Seek("").ok());
  TableWriter writer(TableType::kRange);
  const auto copy = [&](std::optional<std::string_view> limit) {
    if (!by_record) {
      TARN_CHECK(writer.CopyFrom(*from, limit, kNever).ok());
      return;
    }
    while (from->Valid() && (!limit || from->key() < *limit)) {
      TARN_CHECK(writer.Add(from->key(), from->value()).ok());
      TARN_CHECK(!kNever.Breaks(writer.estimated_size(), from->key()));
      TARN_CHECK(from->Next().ok());
    }
  };
  copy(change.key);
  TARN_CHECK(writer.Add(change.key, change.value.view()).ok());
  TARN_CHECK(!writer.BreaksAfterLast(kNever));
  copy(std::nullopt);
  return *writer.Finish();
}

void BenchReads(block::ObjectStore& objects, const Table& table,
                const std::vector<Record>& records) {
  const auto per_entry = [&](double seconds) {
    return seconds * 1e6 / static_cast<double>(records.size());
  };
  const auto scan = [&](TableStore& store) {
    auto all = *store.Iterate(kNamespace, table.id);
    size_t count = 0;
    for (Status moved = all->Seek(""); all->Valid(); moved = all->Next()) ++count;
    TARN_CHECK(count == records.size());
  };
  std::printf("scan, not cached          %7.3f us per entry\n", per_entry(Median([&](int) {
                TableStore store(objects, {});
                scan(store);
              })));
  const auto look_up = [&](TableStore& store, int seed) {
    std::mt19937_64 random(static_cast<uint64_t>(seed));
    for (size_t i = 0; i < records.size(); ++i) {
      const Record& record = records[random() % records.size()];
      const auto found = store.Get(kNamespace, table.id, record.key);
      TARN_CHECK(found.ok() && *found && (*found)->view().data == record.value.data);
    }
  };
  TableStore store(objects, {});
  look_up(store, 0);
  std::printf("look-up, cached           %7.3f us\n",
              per_entry(Median([&](int round) { look_up(store, round); })));
  TableStore small(objects, {.cache_bytes = 1 << 20});
  std::printf("look-up, mostly not cached%7.3f us\n",
              per_entry(Median([&](int round) { look_up(small, round); })));
  std::printf("open                      %7.3f us\n",
              1e6 * Median([&](int) {
                TableStore cold(objects, {});
                TARN_CHECK(cold.Iterate(kNamespace, table.id).ok());
              }));
}

void BenchCopies(block::ObjectStore& objects, const Table& table,
                 const std::vector<Record>& records, const char* what) {
  std::mt19937_64 random(5);
  std::vector<Record> changes;
  for (int round = 0; round < kRounds; ++round) {
    changes.push_back(
        records[(records.size() * static_cast<size_t>(2 * round + 1)) / (2 * kRounds)]);
    changes.back().key += "-new";
  }
  TableStore warm(objects, {});
  TARN_CHECK(warm.Write(kNamespace, table).ok());
  for (const Record& change : changes) {
    TARN_CHECK(CopyWithChange(warm, table, change, true).bytes ==
               CopyWithChange(warm, table, change, false).bytes);
  }
  const auto one = [&](TableStore& store, int round, bool by_record) {
    CopyWithChange(store, table, changes[static_cast<size_t>(round)], by_record);
  };
  const double whole = Median([&](int round) { one(warm, round, true); });
  const double resumed = Median([&](int round) { one(warm, round, false); });
  const double cold = Median([&](int round) {
    TableStore store(objects, {});
    one(store, round, false);
  });
  std::printf(
      "%s: rewrite %.2f ms; copy with one change %.2f ms, ratio %.3f; nothing "
      "remembered %.2f ms, ratio %.3f\n",
      what, whole * 1e3, resumed * 1e3, resumed / whole, cold * 1e3, cold / whole);
}

void Run(size_t entries, std::string_view part) {
  block::MemStore objects(SystemClock());
  TableStore store(objects, {});
  for (const bool uniform : {false, true}) {
    const std::vector<Record> records = MakeRecords(entries, uniform);
    const Table table = WriteAll(records);
    TARN_CHECK(store.Write(kNamespace, table).ok());
    const auto wanted = [&](std::string_view name) { return part.empty() || part == name; };
    if (!uniform && wanted("write")) {
      const double seconds = Median([&](int) { WriteAll(records); });
      std::printf("%zu entries, %zu bytes\n", records.size(), table.bytes.size());
      std::printf("write and id              %7.3f us per entry\n",
                  seconds * 1e6 / static_cast<double>(records.size()));
    }
    if (!uniform && wanted("read")) BenchReads(objects, table, records);
    if (!wanted("copy")) continue;
    BenchCopies(objects, table, records, uniform ? "uniform entries" : "usual entries");
  }
}

}  // namespace
}  // namespace tarn::sst

int main(int argc, char** argv) {
  tarn::sst::Run(argc > 1 ? std::stoul(argv[1]) : 50000, argc > 2 ? argv[2] : "");
  return 0;
}
