#include "versioning/gc/gc_uncommitted.h"

#include <memory>
#include <utility>
#include <vector>

#include "block/namespace_address.h"
#include "codec/base64.h"
#include "codec/entry.h"
#include "codec/json.h"
#include "codec/parquet.h"
#include "codec/utf8.h"
#include "refs/keys.h"
#include "refs/records.h"
#include "versioning/branch/branches.h"
#include "versioning/branch/paged_read.h"
#include "versioning/branch/read_view.h"

namespace tarn::versioning {
namespace {

constexpr int64_t kGroupRows = 100'000;
constexpr size_t kGroupBytes = 8 << 20;
/// Records between two looks at the clock; a page has at least as many.
constexpr int64_t kClockRecords = 1024;
constexpr size_t kBatchRecords = 1024;

using Tokens = std::vector<AnyIteratorPtr<ValueView>>;
using Batch = std::vector<std::pair<std::string, OwnedValue>>;

enum class PageState : uint8_t { kGoesOn, kFull };

/// The file of a page, made with its first row.
class PageFile {
 public:
  PageFile(Context& context, const refs::Repository& repository, std::string folder)
      : context_(context), repository_(repository), folder_(std::move(folder)) {}

  bool has_rows() const { return writer_ != nullptr; }
  int64_t bytes() const { return table_.file_bytes(); }

  Status Add(std::string_view address, int64_t created_seconds) {
    if (writer_ == nullptr) {
      const std::string name = folder_ + context_.refs.xids().New();
      TARN_TRY_ASSIGN(writer_,
                      context_.objects.Create({repository_.storage_namespace.view(), name}, {}));
    }
    table_.AddText(0, address);
    table_.AddInt(1, created_seconds);
    table_.EndRow();
    if (table_.pending_rows() < kGroupRows && table_.pending_bytes() < kGroupBytes) return {};
    std::string bytes;
    table_.Flush(&bytes);
    return writer_->Write(bytes);
  }

  Status Finish() {
    if (writer_ == nullptr) return {};
    std::string bytes;
    table_.Finish(&bytes);
    TARN_TRY(writer_->Write(bytes));
    return ToStatus(writer_->Commit());
  }

 private:
  Context& context_;
  const refs::Repository& repository_;
  const std::string folder_;
  ParquetWriter table_{
      {{"physical_address", ParquetType::kText}, {"creation_date", ParquetType::kInt64}}};
  std::unique_ptr<block::ObjectWriter> writer_;
};

class Page {
 public:
  Page(Context& context, const refs::Repository& repository, const std::optional<GcMark>& from,
       const GcPageLimits& limits)
      : context_(context),
        repository_(repository),
        limits_(limits),
        addresses_(context.objects, repository.storage_namespace.view()),
        mark_(from ? *from
                   : GcMark{.run_id = context.refs.xids().NewDescending(kPartitionEpoch),
                            .branch = {},
                            .path = {},
                            .wrote = false}),
        folder_(context.settings.block_storage_prefix + "/retention/gc/uncommitted/" +
                mark_.run_id + "/uncommitted/"),
        file_(context, repository, folder_),
        started_ms_(context.clock.MonotonicMs()) {}

  Result<GcUncommittedPage> Run() {
    GcUncommittedPage page = {.run_id = mark_.run_id, .location = {}, .next = {}};
    TARN_TRY_ASSIGN(const PageState state, ListBranches());
    TARN_TRY(file_.Finish());
    mark_.wrote = mark_.wrote || file_.has_rows();
    if (mark_.wrote) {
      // For every page from the first with rows on: the collector goes by the last one alone.
      TARN_TRY_ASSIGN(page.location, context_.objects.FormatAddress(
                                         {repository_.storage_namespace.view(), folder_}));
    }
    if (state == PageState::kFull) page.next = mark_;
    return page;
  }

 private:
  Result<PageState> ListBranches() {
    const std::string first = refs::Key(refs::kBranchPrefix, mark_.branch);
    TARN_TRY_ASSIGN(const auto branches,
                    context_.refs.kv().Scan(repository_.partition(), refs::kBranchPrefix));
    TARN_TRY(branches->Seek(first));
    while (branches->Valid()) {
      const std::string name(branches->key().substr(refs::kBranchPrefix.size()));
      if (name != mark_.branch) mark_.path.clear();
      mark_.branch = name;
      // Read again: its tokens of when the scan began may be gone by now.
      const auto branch = context_.refs.GetBranch(repository_, BranchId(name));
      if (branch.ok()) {
        const auto state = ListBranch(*branch);
        if (state.code() == Code::kBranchNotFound) {
          // It was deleted meanwhile, and with it what it had.
        } else if (!state.ok() || *state == PageState::kFull) {
          return state;
        }
      } else if (branch.code() != Code::kBranchNotFound) {
        return branch.status();
      }
      TARN_TRY(branches->Next());
    }
    return PageState::kGoesOn;
  }

  /// Lists the records of all tokens, also those that a newer token hides or that differ from
  /// nothing: a commit that runs right now may make any of them the committed one. What was read
  /// counts only if the branch still names its tokens afterwards; else it may be a part of them.
  Result<PageState> ListBranch(const refs::Branch& branch) {
    ReadView view(context_, repository_, branch, {});
    while (true) {
      TARN_TRY_ASSIGN(Tokens tokens, OpenTokens(view.tokens()));
      bool replaced = false;
      while (!replaced) {
        TARN_TRY_ASSIGN(const Batch batch, ReadBatch(tokens));
        TARN_TRY_ASSIGN(replaced, view.Refresh());
        if (replaced) break;
        for (const auto& [path, value] : batch) {
          if (IsFull()) {
            mark_.path = path;
            return PageState::kFull;
          }
          TARN_TRY(AddRecord(value.view()));
        }
        if (batch.empty()) return PageState::kGoesOn;
        mark_.path = batch.back().first + '\0';
      }
    }
  }

  Result<Tokens> OpenTokens(std::span<const StagingToken> names) {
    Tokens tokens;
    for (const StagingToken& token : names) {
      TARN_TRY_ASSIGN(auto records, context_.staging.Iterate(std::span(&token, 1)));
      TARN_TRY(records->Seek(mark_.path));
      tokens.push_back(std::move(records));
    }
    return tokens;
  }

  /// The next records by path; all of a path or none.
  static Result<Batch> ReadBatch(Tokens& tokens) {
    Batch batch;
    while (batch.size() < kBatchRecords) {
      const std::optional<std::string> path = FirstPath(tokens);
      if (!path) break;
      for (const auto& records : tokens) {
        if (!records->Valid() || records->key() != *path) continue;
        batch.emplace_back(*path, OwnedValue(records->value()));
        TARN_TRY(records->Next());
      }
    }
    return batch;
  }

  static std::optional<std::string> FirstPath(const Tokens& tokens) {
    std::optional<std::string_view> first;
    for (const auto& records : tokens) {
      if (records->Valid() && (!first || records->key() < *first)) first = records->key();
    }
    if (!first) return std::nullopt;
    return std::string(*first);
  }

  bool IsFull() {
    if (file_.bytes() > limits_.file_bytes_max) return true;
    if (limits_.interval_ms == 0 || ++records_ % kClockRecords != 0) return false;
    return context_.clock.MonotonicMs() - started_ms_ > limits_.interval_ms;
  }

  Status AddRecord(const ValueView& value) {
    if (value.is_tombstone()) return {};
    TARN_TRY_ASSIGN(const EntryView entry, ParseEntry(value.data));
    const auto address = addresses_.Relative(entry.address, entry.address_type);
    if (!address) return {};  // Nobody collects what lies outside.
    // The format has no other text; the collector would not find such an object anyway.
    if (!IsValidUtf8(*address)) {
      return {Code::kInvalidValue, "address is not UTF-8: " + ReplaceInvalidUtf8(*address)};
    }
    return file_.Add(*address, entry.last_modified.seconds);
  }

  Context& context_;
  const refs::Repository& repository_;
  const GcPageLimits& limits_;
  const block::NamespaceAddresses addresses_;
  GcMark mark_;
  const std::string folder_;
  PageFile file_;
  const int64_t started_ms_;
  int64_t records_ = 0;
};

Status InvalidToken() { return {Code::kInvalidValue, "invalid continuation token"}; }

}  // namespace

Result<GcUncommittedPage> PrepareGcUncommitted(Context& context, const refs::Repository& repository,
                                               const std::optional<GcMark>& from,
                                               const GcPageLimits& limits) {
  TARN_TRY(CheckWritable(repository, /*force=*/false));
  return Page(context, repository, from, limits).Run();
}

std::string EncodeGcMark(const GcMark& mark) {
  std::string json;
  JsonWriter writer(&json);
  writer.BeginObject().Field("branch", mark.branch);
  // Paths are bytes, JSON is not: the reference's field for the text, ours for the bytes.
  writer.Field("path", mark.path).Field("run_id", mark.run_id).Field("key", "");
  writer.Field("path_bytes", EncodeBase64(mark.path)).Field("wrote", mark.wrote).EndObject();
  return EncodeBase64(json);
}

Result<GcMark> DecodeGcMark(std::string_view text) {
  const auto bytes = DecodeBase64(text);
  if (!bytes) return InvalidToken();
  const auto json = ParseJson(*bytes);
  if (!json.ok() || !json->is_object()) return InvalidToken();
  GcMark mark;
  mark.run_id = json->StringAt("run_id").value_or("");
  mark.branch = json->StringAt("branch").value_or("");
  mark.path = json->StringAt("path").value_or("");
  mark.wrote = json->BoolAt("wrote").value_or(true);
  if (const auto path = json->StringAt("path_bytes")) {
    const auto raw = DecodeBase64(*path);
    if (!raw) return InvalidToken();
    mark.path = *raw;
  }
  // It becomes part of the name of a file.
  if (!XidSeconds(mark.run_id)) return InvalidToken();
  return mark;
}

}  // namespace tarn::versioning
