// A store in a table of its own, in the database of the process. Level 3, tests only.
#pragma once

#include <memory>

#include "kv/store.h"

namespace tarn::kv::postgres {

/// Opens an empty one, gone with the store. Aborts without TARN_PG_URL.
std::unique_ptr<Store> OpenTestTable();

}  // namespace tarn::kv::postgres
