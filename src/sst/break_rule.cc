#include "sst/break_rule.h"

namespace tarn::sst {
namespace {

uint64_t Fnv1a64(std::string_view bytes) {
  uint64_t hash = 14695981039346656037U;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

}  // namespace

bool BreakRule::BreaksAtKey(std::string_view key) const {
  return raggedness_entries != 0 && Fnv1a64(key) % raggedness_entries == 0;
}

bool BreakRule::Breaks(uint64_t size, std::string_view key) const {
  if (size < size_bytes_min) return false;
  return size >= size_bytes_max || BreaksAtKey(key);
}

}  // namespace tarn::sst
