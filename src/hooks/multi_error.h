// Several failures as one, in the reference's form. Level 7; pure function.
#pragma once

#include <vector>

#include "base/result.h"

namespace tarn::hooks {

/// "2 errors occurred:\n\t* <first>\n\t* <second>\n\n"; its code is the first of kHookFailed,
/// kNotFound that one of them has, else kInternal. OK for none.
Status Together(const std::vector<Status>& failures);

}  // namespace tarn::hooks
