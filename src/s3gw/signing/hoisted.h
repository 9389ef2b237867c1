// The x-amz-* parameters of a query, which S3 reads as headers: whoever presigns a URL may put
// headers there, so that whoever uses it need not send them. Level 8; pure functions.
#pragma once

#include <memory>
#include <string_view>

#include "codec/url.h"
#include "http/message.h"

namespace tarn::s3gw {

/// Whether a parameter stands for a header: "x-amz-", in any case, and not about the signature.
bool IsHoistedHeader(std::string_view parameter);

/// The head with those parameters as further headers; null if there are none. A header that is sent
/// hides the parameter of its name. Views point into `head` and `query`.
std::unique_ptr<const http::RequestHead> HeadWithHoisted(const http::RequestHead& head,
                                                         const Query& query);

}  // namespace tarn::s3gw
