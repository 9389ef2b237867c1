// Broken invariants end the process: TARN_CHECK always, TARN_DCHECK in debug builds only.
// Never for bad input, which is answered with a Status. Level 0.
#pragma once

namespace tarn {
/// Prints the failed condition and its place to stderr, then aborts.
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
}  // namespace tarn

#define TARN_CHECK(condition)                              \
  do {                                                     \
    if (!(condition)) [[unlikely]]                         \
      ::tarn::CheckFailed(#condition, __FILE__, __LINE__); \
  } while (false)

#ifdef NDEBUG
#define TARN_DCHECK(condition) static_cast<void>(sizeof(!(condition)))
#else
#define TARN_DCHECK(condition) TARN_CHECK(condition)
#endif
