// Sweeps and recovery, as each server does them from time to time; and power cuts.
#pragma once

#include "installation.h"

namespace tarn::sim {

/// One sweep of one kind, drawn, on one server.
void SweepSomething(Installation& world);
/// Sweeps of all kinds on servers that still die, again and again, until grace times are over.
void SweepForLong(Installation& world);
/// All of them on one server.
Status SweepEverything(SimServer& server);

}  // namespace tarn::sim
