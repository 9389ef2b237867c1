// What answers the requests that are no operation.
#include "s3gw/operations/handlers.h"

namespace tarn::s3gw {

Answer NotFound(Call&) { return EmptyAnswer(404); }

Answer PostObject(Call&) { return EmptyAnswer(405); }

}  // namespace tarn::s3gw
