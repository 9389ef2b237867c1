// Which uncommitted objects garbage collection keeps: pages of a Parquet list that the collector
// reads (docs/formats/gc.md). Level 6; thread-safe functions that wait.
#pragma once

#include <optional>
#include <string>

#include "versioning/context.h"

namespace tarn::versioning {

/// When a page ends.
struct GcPageLimits {
  int64_t file_bytes_max = 20 << 20;  ///< Looked at after each row group.
  int64_t interval_ms = 60'000;       ///< 0: no limit.
};

/// Where the next page of a run begins.
struct GcMark {
  std::string run_id;
  std::string branch;  ///< The first one to look at.
  std::string path;    ///< The first one of it.
  bool wrote = true;   ///< The run has written something. Marks of the reference do not say.
};

struct GcUncommittedPage {
  std::string run_id;
  std::string location;  ///< Of the run's files; "" if no page so far had an object.
  std::optional<GcMark> next;
};

/// Lists objects of uncommitted changes, from `from` on, or as the first page of a new run.
/// kReadOnlyRepository.
Result<GcUncommittedPage> PrepareGcUncommitted(Context& context, const refs::Repository& repository,
                                               const std::optional<GcMark>& from,
                                               const GcPageLimits& limits);

/// A mark as the text that clients hand back. Reading: kInvalidValue ("invalid continuation
/// token").
std::string EncodeGcMark(const GcMark& mark);
Result<GcMark> DecodeGcMark(std::string_view text);

}  // namespace tarn::versioning
