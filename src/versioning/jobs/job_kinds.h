// The kinds of jobs and their stored forms: one row for each. Level 6; constant data.
#pragma once

#include <array>

#include "versioning/import/import.h"
#include "versioning/import/import_record.h"
#include "versioning/jobs/job.h"
#include "versioning/jobs/task_record.h"

namespace tarn::versioning {

inline constexpr JobForm kImportForm = {
    .name = "import",
    .records = {.prefix = records::kImportPrefix,
                .encode = &EncodeImport,
                .decode = &DecodeImport,
                .what = "import status",
                .missing = {Code::kNotFound, "not found"}},
    .lease = JobLease::kRecord,
    .interrupted = "interrupted by a restart of the server: start the import again",
    .interrupted_code = 0,
    .has_status_code = false};
inline constexpr JobForm kTaskForm = {
    .name = "task",
    .records = {.prefix = records::kTaskPrefix,
                .encode = &EncodeTask,
                .decode = &DecodeTask,
                .what = "task status",
                .missing = {Code::kNotFound, "not found"}},
    .lease = JobLease::kOwner,
    .interrupted = "Task owner instance no longer available. Please retry.",
    .interrupted_code = 408,
    .has_status_code = true};
/// All of them: what recovery looks through.
inline constexpr std::array<const JobForm*, 2> kJobForms = {&kImportForm, &kTaskForm};

inline constexpr JobKind kImportJob = {kImportForm, JobQueue::kImports, "", "", 0, &ResumeImport};
inline constexpr JobKind kDumpRefsJob = {kTaskForm, JobQueue::kTasks, "dump_refs", "DR", 20};
inline constexpr JobKind kRestoreRefsJob = {kTaskForm, JobQueue::kTasks, "restore_refs", "RR", 20};
inline constexpr JobKind kPrepareGcCommitsJob = {kTaskForm, JobQueue::kTasks, "gc_prepare_commits",
                                                 "GCPC", 20};
/// Those that another server takes over when their owner is gone.
inline constexpr std::array<const JobKind*, 1> kResumedJobs = {&kImportJob};

}  // namespace tarn::versioning
