#include "hooks/lua/delta_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "codec/json.h"
#include "codec/parquet_rows.h"

namespace tarn::hooks::lua {
namespace {

constexpr std::string_view kHintName = "_last_checkpoint";
constexpr size_t kVersionDigits = 20, kPartDigits = 10;

/// A number of so many digits that `text` begins with, which is taken off it.
std::optional<int64_t> TakeNumber(std::string_view* text, size_t digits) {
  if (text->size() < digits) return std::nullopt;
  int64_t value = 0;
  for (const char c : text->substr(0, digits)) {
    if (c < '0' || c > '9' || value > INT64_MAX / 10 - 1) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text->remove_prefix(digits);
  return value;
}

struct Checkpoint {
  int64_t parts = 1;
  std::map<int64_t, std::string> names;  ///< By part, from 1 on.
  bool is_whole() const { return static_cast<int64_t>(names.size()) == parts; }
};

/// What a listing of a log means.
struct Listing {
  std::map<int64_t, std::string> commits;
  std::map<int64_t, Checkpoint> checkpoints;
  bool has_other_checkpoints = false;  ///< Of a kind that is not read.
};

void AddCheckpoint(int64_t version, std::string_view rest, const std::string& name,
                   Listing* listing) {
  constexpr std::string_view kOnly = "parquet";
  Checkpoint& checkpoint = listing->checkpoints[version];
  if (rest == kOnly) {
    checkpoint = {.parts = 1, .names = {{1, name}}};
    return;
  }
  const auto part = TakeNumber(&rest, kPartDigits);
  const bool is_part = part && rest.starts_with('.');
  if (is_part) rest.remove_prefix(1);
  const auto parts = is_part ? TakeNumber(&rest, kPartDigits) : std::nullopt;
  if (!parts || rest != ".parquet" || *part < 1 || *part > *parts) {
    listing->has_other_checkpoints = true;
    if (checkpoint.names.empty()) listing->checkpoints.erase(version);
    return;
  }
  if (checkpoint.is_whole()) return;
  if (checkpoint.parts != *parts) checkpoint = {.parts = *parts, .names = {}};
  checkpoint.names[*part] = name;
}

Listing Understand(const std::vector<std::string>& names) {
  constexpr std::string_view kCheckpoint = ".checkpoint.";
  Listing listing;
  for (const std::string& name : names) {
    std::string_view rest = name;
    const auto version = TakeNumber(&rest, kVersionDigits);
    if (!version) continue;
    if (rest == ".json") listing.commits[*version] = name;
    if (!rest.starts_with(kCheckpoint)) continue;
    AddCheckpoint(*version, rest.substr(kCheckpoint.size()), name, &listing);
  }
  return listing;
}

/// True if from a version on no commit is missing up to the last one.
bool IsWholeFrom(int64_t first, const std::map<int64_t, std::string>& commits) {
  for (auto at = commits.lower_bound(first); at != commits.end(); ++at, ++first) {
    if (at->first != first) return false;
  }
  return true;
}

/// The files that a log is read from.
struct Plan {
  std::optional<int64_t> checkpoint;  ///< The version.
  std::vector<std::string> parts;
  std::map<int64_t, std::string> commits;
};

/// Nothing if there is no beginning from which on all is there.
std::optional<Plan> Choose(const Listing& listing) {
  Plan plan;
  if (listing.commits.contains(0) && IsWholeFrom(0, listing.commits)) {
    plan.commits = listing.commits;
    return plan;
  }
  for (const auto& [version, checkpoint] : listing.checkpoints) {
    if (!checkpoint.is_whole() || !IsWholeFrom(version + 1, listing.commits)) continue;
    plan.checkpoint = version;
    for (const auto& [part, name] : checkpoint.names) plan.parts.push_back(name);
    // The commit of the checkpoint says who made it; its actions are the same again.
    plan.commits = {listing.commits.lower_bound(std::max<int64_t>(version, 1)),
                    listing.commits.end()};
    return plan;
  }
  return std::nullopt;
}

class Reader {
 public:
  Reader(DeltaFiles& files, const DeltaLimits& limits) : files_(files), limits_(limits) {}

  Status Read(const Plan& plan, DeltaTable* table) {
    for (const std::string& name : plan.parts) {
      const auto status = ReadCheckpoint(name, &table->log[-*plan.checkpoint], &table->state);
      if (!status.ok()) return Status(status).Prefixed(name + ": ");
    }
    for (const auto& [version, name] : plan.commits) {
      const auto status = ReadCommit(name, &table->log[version], &table->state);
      if (!status.ok()) return Status(status).Prefixed(name + ": ");
    }
    return {};
  }

 private:
  Result<std::string> Fetch(const std::string& name) {
    TARN_TRY(limits_.check());
    TARN_TRY_ASSIGN(auto bytes, files_.Read(name));
    if (!bytes) return Status(Code::kNotFound, "the file is gone");
    return *std::move(bytes);
  }

  Status ReadCheckpoint(const std::string& name, std::vector<std::string>* lines,
                        DeltaState* state) {
    TARN_TRY_ASSIGN(const std::string bytes, Fetch(name));
    const ParquetReadOptions options{.wants = IsDeltaColumn, .bytes_max = limits_.bytes_max};
    return ReadParquetRows(bytes, options, [&](const Json& row) -> Status {
      TARN_TRY(limits_.check());
      return Add(row, lines, state);
    });
  }

  Status ReadCommit(const std::string& name, std::vector<std::string>* lines, DeltaState* state) {
    TARN_TRY_ASSIGN(const std::string bytes, Fetch(name));
    for (size_t begin = 0; begin < bytes.size();) {
      const size_t end = std::min(bytes.find('\n', begin), bytes.size());
      const std::string_view line(bytes.data() + begin, end - begin);
      begin = end + 1;
      if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      TARN_TRY(limits_.check());
      TARN_TRY_ASSIGN(const Json entry, ParseJson(line, {.bytes_max = limits_.bytes_max,
                                                         .trailing = JsonTrailing::kRefuse}));
      TARN_TRY(Add(entry, lines, state));
    }
    return {};
  }

  Status Add(const Json& entry, std::vector<std::string>* lines, DeltaState* state) {
    const size_t before = lines->size();
    AddDeltaActions(entry, state, lines);
    for (size_t i = before; i < lines->size(); ++i) {
      const size_t bytes = (*lines)[i].size() + sizeof(std::string);
      if (bytes > limits_.bytes_max - bytes_) return {Code::kTooLarge, "not enough memory"};
      bytes_ += bytes;
    }
    return {};
  }

  DeltaFiles& files_;
  const DeltaLimits& limits_;
  size_t bytes_ = 0;
};

/// The version that the log should be read from; 0 if nobody says.
Result<int64_t> ReadHint(DeltaFiles& files) {
  TARN_TRY_ASSIGN(const auto text, files.Read(kHintName));
  if (!text) return int64_t{0};
  const auto hint = ParseJson(*text);  // It is only a hint.
  const int64_t version = hint.ok() ? hint->IntAt("version").value_or(0) : 0;
  return std::max<int64_t>(version, 0);
}

Result<Plan> MakePlan(DeltaFiles& files, const std::string& name) {
  TARN_TRY_ASSIGN(const int64_t hint, ReadHint(files));
  if (hint > 0) {
    TARN_TRY_ASSIGN(const auto names, files.List(fmt::format("{:020}.", hint)));
    if (auto plan = Choose(Understand(names))) return *std::move(plan);
  }
  TARN_TRY_ASSIGN(const auto names, files.List(""));
  const Listing listing = Understand(names);
  if (auto plan = Choose(listing)) return *std::move(plan);
  if (listing.has_other_checkpoints) {
    return Status(Code::kUnsupported, "checkpoints of version 2 cannot be read: " + name);
  }
  if (listing.commits.empty() && listing.checkpoints.empty()) {
    return Status(Code::kNotFound, "there is no Delta table: " + name);
  }
  return Status(Code::kCorrupt, "commits of the Delta table are missing: " + name);
}

}  // namespace

Result<DeltaTable> ReadDeltaTable(DeltaFiles& files, const std::string& name,
                                  const DeltaLimits& limits) {
  TARN_TRY_ASSIGN(const Plan plan, MakePlan(files, name));
  DeltaTable table;
  const Status status = Reader(files, limits).Read(plan, &table);
  if (!status.ok()) return Status(status).Prefixed(name + ": ");
  if (table.state.protocol.is_null() || table.state.metadata.is_null()) {
    return Status(Code::kCorrupt, "the Delta table has no protocol or no metadata: " + name);
  }
  TARN_TRY(CheckDeltaProtocol(table.state.protocol));
  return table;
}

}  // namespace tarn::hooks::lua
