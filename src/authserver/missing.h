// Says what is not there. Level 8; may wait.
#pragma once

#include "authserver/call.h"
#include "base/result.h"

namespace tarn::authserver {

/// `failure`, which says that something was not found, in the words of the contract: the first of
/// what the path names that is not there, else what the operation is about. Errors of the store.
Status NameMissing(const Call& call, const Status& failure);

}  // namespace tarn::authserver
