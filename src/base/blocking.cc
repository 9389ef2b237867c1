#include "base/blocking.h"

namespace tarn {
namespace {
thread_local bool may_block = true;
}  // namespace

bool MayBlock() { return may_block; }
NoBlockingScope::NoBlockingScope() : previous_(may_block) { may_block = false; }
NoBlockingScope::~NoBlockingScope() { may_block = previous_; }

}  // namespace tarn
