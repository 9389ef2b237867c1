// kv get | scan | dump | load: the records of the store that the configuration names. A server that
// uses the embedded store must be stopped first.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <set>

#include "base/sync.h"
#include "fmt/format.h"
#include "records/layout.h"
#include "refs/records.h"
#include "server/command_settings.h"
#include "server/commands.h"
#include "server/kv_dump_file.h"
#include "server/kv_records.h"
#include "versioning/parallel.h"

namespace tarn::server {
namespace {

constexpr std::string_view kStandardStream = "-";
/// Records written at a time when loading, so that they share the waits for the disk.
constexpr size_t kLoadBatch = 1024;
constexpr int kLoadThreads = 32;

struct Section {
  std::string_view name;
  std::vector<std::string> partitions;
};
const std::array<Section, 3>& Sections() {
  static const std::array<Section, 3> sections = {{{"auth", {"auth", "basicAuth", "aclauth"}},
                                                   {"pulls", {"pulls"}},
                                                   {"kv", {"kv-internal-metadata"}}}};
  return sections;
}

/// Partitions of the named sections; of all of them without names.
Result<std::vector<std::string>> PartitionsOf(const std::vector<std::string>& names) {
  std::vector<std::string> partitions;
  for (const std::string& name : names) {
    const bool known = std::any_of(Sections().begin(), Sections().end(),
                                   [&](const Section& section) { return section.name == name; });
    if (!known) return Status(Code::kInvalidValue, "unknown section: " + name);
  }
  for (const Section& section : Sections()) {
    if (!names.empty() && std::find(names.begin(), names.end(), section.name) == names.end())
      continue;
    partitions.insert(partitions.end(), section.partitions.begin(), section.partitions.end());
  }
  return partitions;
}

void PrintRecord(std::string_view partition, std::string_view key, std::string_view value,
                 bool pretty) {
  const std::string line = RecordLine(partition, key, value);
  fmt::print("{}\n", pretty ? PrettyJson(line) : line);
}

class KvGet : public cli::Command {
 public:
  void Declare(cli::Arguments& arguments) override {
    arguments.Positional("partition", &partition_, "Partition of the record")
        .Positional("key", &key_, "Key of the record")
        .Flag("--pretty", &pretty_, "Print with line breaks");
  }
  Status Run(cli::Session& session) override {
    TARN_TRY_ASSIGN(const auto kv, OpenKvForCommand(session));
    TARN_TRY_ASSIGN(const auto found, kv->Get(partition_, key_));
    if (!found) {
      return {Code::kNotFound, fmt::format("there is no record {} in {}", key_, partition_)};
    }
    PrintRecord(partition_, key_, *found, pretty_);
    return {};
  }

 private:
  std::string partition_, key_;
  bool pretty_ = false;
};

class KvScan : public cli::Command {
 public:
  void Declare(cli::Arguments& arguments) override {
    arguments.Positional("partition", &partition_, "Partition to list")
        .Positional("from", &from_, "First key", cli::Presence::kOptional)
        .Int("--limit", &limit_, "Stop after this many; 0 for all")
        .Text("--until", &until_, "Last key")
        .Flag("--pretty", &pretty_, "Print with line breaks");
  }
  Status Run(cli::Session& session) override {
    if (!until_.empty() && until_ < from_) {
      return {Code::kInvalidValue, "--until lies before the first key: invalid parameter value"};
    }
    TARN_TRY_ASSIGN(const auto kv, OpenKvForCommand(session));
    TARN_TRY_ASSIGN(const auto records, kv->Scan(partition_, ""));
    TARN_TRY(records->Seek(from_));
    for (int64_t count = 0; records->Valid() && (limit_ <= 0 || count < limit_); ++count) {
      if (!until_.empty() && records->key() > until_) break;
      PrintRecord(partition_, records->key(), records->value(), pretty_);
      TARN_TRY(records->Next());
    }
    return {};
  }

 private:
  std::string partition_, from_, until_;
  int64_t limit_ = 0;
  bool pretty_ = false;
};

/// A file that gets its name when it is whole, or standard output. Private: it may hold secrets.
class OutputFile {
 public:
  explicit OutputFile(std::string path) : path_(std::move(path)), temporary_(path_ + ".new") {}
  ~OutputFile() {
    if (file_ == nullptr || file_ == stdout) return;
    std::fclose(file_);
    ::unlink(temporary_.c_str());
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  Status Open() {
    if (path_ == kStandardStream) {
      file_ = stdout;
      return {};
    }
    ::unlink(temporary_.c_str());
    const int descriptor =
        ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor >= 0) file_ = ::fdopen(descriptor, "w");
    return file_ == nullptr ? Failed() : Status();
  }
  Status Write(std::string_view text) {
    return std::fwrite(text.data(), 1, text.size(), file_) == text.size() ? Status() : Failed();
  }
  Status Close() {
    if (std::fflush(file_) != 0) return Failed();
    if (file_ == stdout) return {};
    if (::fsync(::fileno(file_)) != 0) return Failed();
    std::fclose(file_);
    file_ = nullptr;
    return ::rename(temporary_.c_str(), path_.c_str()) == 0 ? Status() : Failed();
  }

 private:
  Status Failed() const {
    return {Code::kIo, fmt::format("{} cannot be written: {}", path_, std::strerror(errno))};
  }
  const std::string path_, temporary_;
  std::FILE* file_ = nullptr;
};

class KvDump : public cli::Command {
 public:
  void Declare(cli::Arguments& arguments) override {
    arguments.Text("-o,--output", &output_, "File to write; - for standard output (default)")
        .List("--sections", &sections_, "Any of auth, pulls, kv")
        .Flag("--all", &all_, "All sections (default)")
        .Text("--repo", &repository_, "Records of this repository")
        .Flag("--everything", &everything_, "Every record of every partition")
        .Flag("--pretty", &pretty_, "Write with line breaks");
  }

  Status Run(cli::Session& session) override {
    if (int{all_} + int{!repository_.empty()} + int{!sections_.empty()} + int{everything_} > 1) {
      return {Code::kInvalidValue, "--all, --repo, and --sections flags are mutually exclusive"};
    }
    TARN_TRY_ASSIGN(const auto kv, OpenKvForCommand(session));
    TARN_TRY_ASSIGN(const std::vector<std::string> partitions, Partitions(*kv));
    OutputFile file(output_);
    TARN_TRY(file.Open());
    DumpFileWriter dump([&](std::string_view text) { return file.Write(text); },
                        pretty_ ? DumpLayout::kPretty : DumpLayout::kCompact);
    TARN_TRY(dump.Begin(SystemClock().Now()));
    for (const std::string& partition : partitions) {
      TARN_TRY_ASSIGN(const auto records, kv->Scan(partition, ""));
      TARN_TRY(records->Seek(""));
      while (records->Valid()) {
        TARN_TRY(dump.Add({partition, std::string(records->key()), std::string(records->value())}));
        TARN_TRY(records->Next());
      }
    }
    TARN_TRY(dump.End());
    TARN_TRY(file.Close());
    if (output_ != kStandardStream) fmt::print(stderr, "Dump written to {}\n", output_);
    return {};
  }

 private:
  Result<std::vector<std::string>> Partitions(kv::Store& kv) const {
    if (everything_) return kv.ListPartitions();
    if (repository_.empty()) return PartitionsOf(sections_);
    TARN_TRY_ASSIGN(const auto found,
                    kv.Get(records::kRepositoriesPartition,
                           records::Key(records::kRepositoryPrefix, repository_)));
    if (!found) {
      return Status(Code::kRepositoryNotFound,
                    fmt::format("there is no repository {}", repository_));
    }
    TARN_TRY_ASSIGN(const auto repository, refs::DecodeRepository(*found));
    return std::vector{repository.partition()};
  }

  std::string output_{kStandardStream}, repository_;
  std::vector<std::string> sections_;
  bool all_ = false, everything_ = false, pretty_ = false;
};

class KvLoad : public cli::Command {
 public:
  void Declare(cli::Arguments& arguments) override {
    arguments
        .Text("-i,--input", &input_, "File to read; - for standard input", cli::Presence::kRequired)
        .List("--sections", &sections_, "Only these: any of auth, pulls, kv")
        .Text("-s,--strategy", &strategy_,
              "What to do with records that exist: overwrite (default) or skip");
  }

  Status Run(cli::Session& session) override {
    if (strategy_ != "overwrite" && strategy_ != "skip") {
      return {Code::kInvalidValue, "--strategy must be overwrite or skip"};
    }
    TARN_TRY_ASSIGN(const auto partitions, PartitionsOf(sections_));
    const std::set<std::string> wanted(partitions.begin(), partitions.end());
    std::ifstream file;
    if (input_ != kStandardStream) {
      file.open(input_, std::ios::binary);
      if (!file) return {Code::kIo, fmt::format("{} cannot be read", input_)};
    }
    TARN_TRY_ASSIGN(const auto kv, OpenKvForCommand(session));
    runtime::WorkerPool workers({.name = "load", .threads = kLoadThreads});
    Batch batch;
    const auto take = [&](DumpEntry entry) -> Status {
      if (!sections_.empty() && !wanted.contains(entry.partition)) return {};
      // Of two records with one key the later counts.
      const bool fresh = batch.keys.emplace(entry.partition, entry.key).second;
      if (!fresh || batch.entries.size() >= kLoadBatch) {
        TARN_TRY(Write(*kv, workers, batch));
        batch = {};
        batch.keys.emplace(entry.partition, entry.key);
      }
      batch.entries.push_back(std::move(entry));
      return {};
    };
    TARN_TRY(ReadDumpFile(file.is_open() ? file : std::cin, take));
    TARN_TRY(Write(*kv, workers, batch));
    fmt::print(stderr, "Successfully loaded dump\n");
    return {};
  }

 private:
  struct Batch {
    std::vector<DumpEntry> entries;
    std::set<std::pair<std::string, std::string>> keys;
  };

  Status WriteOne(kv::Store& kv, const DumpEntry& entry) const {
    if (strategy_ == "overwrite") return kv.Set(entry.partition, entry.key, entry.value);
    const Status written =
        kv.SetIf(entry.partition, entry.key, entry.value, kv::Predicate::Absent());
    return written.code() == Code::kPredicateFailed ? Status() : written;
  }

  Status Write(kv::Store& kv, runtime::WorkerPool& workers, const Batch& batch) const {
    Mutex mutex;
    Status failure;  // guarded by mutex
    versioning::ParallelFor(workers, batch.entries.size(), [&](size_t i) {
      const DumpEntry& entry = batch.entries[i];
      Status written = WriteOne(kv, entry);
      if (written.ok()) return;
      const MutexLock lock(mutex);
      failure = std::move(written).Prefixed(
          fmt::format("record {} of {} not written: ", entry.key, entry.partition));
    });
    return failure;
  }

  std::string input_, strategy_ = "overwrite";
  std::vector<std::string> sections_;
};

}  // namespace

std::unique_ptr<cli::Command> NewKvGet() { return std::make_unique<KvGet>(); }
std::unique_ptr<cli::Command> NewKvScan() { return std::make_unique<KvScan>(); }
std::unique_ptr<cli::Command> NewKvDump() { return std::make_unique<KvDump>(); }
std::unique_ptr<cli::Command> NewKvLoad() { return std::make_unique<KvLoad>(); }

}  // namespace tarn::server
