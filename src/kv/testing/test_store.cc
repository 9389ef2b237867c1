#include "kv/testing/test_store.h"

#include <cstdlib>
#include <string_view>

#include "base/check.h"
#include "kv/mem/mem_store.h"
#include "kv/postgres/testing/test_table.h"
#include "kv/testing/hostile_store.h"

namespace tarn::kv {

std::unique_ptr<Store> OpenForTest() {
  const char* const set = std::getenv("TARN_TEST_KV");
  const std::string_view name = set == nullptr ? "mem" : set;
  if (name == "hostile") return OpenHostile();
  if (name == "postgres") return postgres::OpenTestTable();
  TARN_CHECK(name == "mem");
  return mem::Open();
}

}  // namespace tarn::kv
