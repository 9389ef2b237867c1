// What must hold once nobody works any more and all grace times are over.
#pragma once

#include "installation.h"

namespace tarn::sim {

/// Every commit of a repository has its parents, a generation that follows theirs, the id of its
/// content, and a tree whose objects are all there.
void CheckHistory(Installation& world, const refs::Repository& repository);

/// After sweeps on servers of their own: nothing is left that nobody leads to, and every job has
/// ended.
void CheckNothingIsLeft(Installation& world);

}  // namespace tarn::sim
