// The actions of the sample data: what is asked before commits and merges, and the scripts that
// answer. Level 7; pure.
#pragma once

#include <span>

#include "catalog/sample_texts.h"

namespace tarn::catalog {

/// Action files and scripts, with marks as other texts.
std::span<const SampleText> SampleActions();

}  // namespace tarn::catalog
