// Opening files below a directory without being led out of it. Level 3; thread-safe.
#pragma once

#include <cstdint>

namespace tarn::block {

enum class Wait : uint8_t { kMay, kMustNot };

/// Opens `path` below the open directory `at`: absolute paths, ".." that leaves it, and symbolic
/// links anywhere on the way are refused (-ELOOP, -ENOTDIR, -EXDEV). `flags` as of open(2), without
/// O_CREAT. With Wait::kMustNot: -EAGAIN when that would need the disk. One system call where the
/// kernel has openat2 (5.6; 5.12 for kMustNot), else OpenByElements. Returns >= 0, or -errno.
int OpenBeneath(int at, const char* path, int flags, Wait wait = Wait::kMay);

/// The same, element by element.
int OpenByElements(int at, const char* path, int flags);

}  // namespace tarn::block
