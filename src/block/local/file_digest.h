// Size, time and MD5 of a file, as an import records them, with four system calls for a small one.
// Level 3; thread-safe, one read buffer per thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "base/clock.h"

namespace tarn::block {

struct FileFacts {
  Timestamp modified;
  int64_t size = 0;  ///< Bytes hashed, which of a growing file may differ from its size.
  std::array<char, 32> md5_hex;
};

/// Reads a regular file below the open directory `at`, following no symbolic link. 0 or an errno
/// value: ECANCELED when `stop` said so, EINVAL for what is no regular file.
int ReadFileFacts(int at, const char* path, const std::function<bool()>& stop, FileFacts* facts);

}  // namespace tarn::block
