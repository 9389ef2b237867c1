// Built-in functions of conditions on lists and maps, and those that take a closure. Level 7.
#pragma once

#include <span>

#include "hooks/condition/evaluate.h"

namespace tarn::hooks::condition {

std::span<const Function> ListFunctions();

}  // namespace tarn::hooks::condition
