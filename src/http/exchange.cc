#include "http/exchange.h"

#include "http/answer_head.h"

namespace tarn::http {

Response Exchange::Busy() { return BusyAnswer(); }

}  // namespace tarn::http
