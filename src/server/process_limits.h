// What the process asks of system and allocator before it serves. Level 9.
#pragma once

namespace tarn::server {

/// Raises the limit of open files to the hard limit, keeps the allocator from holding on to
/// memory, and ignores SIGPIPE. Before the first thread is started.
void PrepareProcess();

}  // namespace tarn::server
