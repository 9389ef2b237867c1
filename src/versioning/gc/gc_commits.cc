#include "versioning/gc/gc_commits.h"

#include <functional>
#include <utility>

#include "versioning/branch/branches.h"
#include "versioning/gc/gc_history.h"
#include "versioning/gc/gc_records.h"
#include "versioning/gc/gc_rules.h"

namespace tarn::versioning {
namespace {

constexpr size_t kWriteBytes = 1 << 20;

/// A field of a CSV file by RFC 4180. Ids need no quotes; what a record holds is not for us to
/// trust.
void AppendCsv(std::string* out, std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
    *out += field;
    return;
  }
  *out += '"';
  for (const char c : field) {
    if (c == '"') *out += '"';
    *out += c;
  }
  *out += '"';
}

std::string FolderOf(const Context& context) {
  return context.settings.block_storage_prefix + "/retention/gc/";
}

std::string ListAddress(const Context& context, const std::string& run_id) {
  return FolderOf(context) + "commits/run_id=" + run_id + "/commits.csv";
}

Status WriteList(Context& context, const refs::Repository& repository, std::string_view address,
                 const std::vector<GcHistory::ActiveCommit>& commits) {
  TARN_TRY_ASSIGN(const auto writer,
                  context.objects.Create({repository.storage_namespace.view(), address}, {}));
  std::string rows = "commit_id,expired,metarange_id\n";
  for (const GcHistory::ActiveCommit& commit : commits) {
    AppendCsv(&rows, commit.id);
    rows += ",false,";
    AppendCsv(&rows, commit.metarange);
    rows += '\n';
    if (rows.size() < kWriteBytes) continue;
    TARN_TRY(writer->Write(rows));
    rows.clear();
  }
  TARN_TRY(writer->Write(rows));
  return ToStatus(writer->Commit());
}

Result<GcCommitsRun> Prepare(Context& context, const refs::Repository& repository,
                             const std::function<bool()>& stop) {
  TARN_TRY(CheckWritable(repository, /*force=*/false));
  const auto rules = GetGcRules(context, repository);
  if (!rules.ok()) return rules.status().Prefixed("get gc rules: ");
  TARN_TRY_ASSIGN(GcHistory history, GcHistory::Load(context, repository, stop));
  const auto active = history.Active(*rules, context.clock.Now().seconds);
  GcCommitsRun run;
  run.run_id = context.xids.NewDescending(kPartitionEpoch);
  run.commits_address = ListAddress(context, run.run_id);
  TARN_TRY(WriteList(context, repository, run.commits_address, active));
  const std::string_view ns = repository.storage_namespace.view();
  const std::string addresses = FolderOf(context) + "addresses/";
  TARN_TRY_ASSIGN(run.commits_location, context.objects.FormatAddress({ns, run.commits_address}));
  TARN_TRY_ASSIGN(run.addresses_location, context.objects.FormatAddress({ns, addresses}));
  return run;
}

}  // namespace

Result<GcCommitsRun> PrepareGcCommits(Context& context, const refs::Repository& repository) {
  return Prepare(context, repository, [] { return false; });
}

JobWork PrepareGcCommitsTask(Context& context, refs::Repository repository) {
  return [&context, repository = std::move(repository)](JobProgress& progress) -> Status {
    TARN_TRY_ASSIGN(const GcCommitsRun run,
                    Prepare(context, repository, [&] { return progress.stop(); }));
    progress.SetResult(EncodeGcCommitsInfo(run));
    return {};
  };
}

Result<GcCommitsRun> DecodeGcCommitsInfo(const Context& context, std::string_view info) {
  TARN_TRY_ASSIGN(GcCommitsRun run, DecodeGcCommitsInfo(info));
  run.commits_address = ListAddress(context, run.run_id);
  return run;
}

}  // namespace tarn::versioning
