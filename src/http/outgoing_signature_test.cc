#include "http/outgoing_signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/url.h"
#include "http/signature_v4.h"

namespace tarn::http {
namespace {

using testing::HasSubstr;

constexpr Signer kSigner = {.access_key_id = "AKIAIOSFODNN7EXAMPLE",
                            .secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                            .session_token = "",
                            .region = "us-east-1",
                            .service = "s3",
                            .now_seconds = 1'369'353'600};

std::string Header(const OutgoingRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return "";
}

// The example of the S3 API reference for presigned URLs.
TEST(OutgoingSignature, PresignsAsTheApiReferenceShows) {
  OutgoingRequest request{"GET", "/test.txt", {}, {{"Host", "examplebucket.s3.amazonaws.com"}}};
  SignByQuery(kSigner, 86400, &request);
  EXPECT_EQ(TargetOf(request),
            "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F"
            "20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires="
            "86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
            "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(OutgoingSignature, SignsAllHeadersAndTheEscapedPath) {
  Signer signer = kSigner;
  signer.session_token = "token";
  OutgoingRequest request{"PUT",
                          "/bucket/a b+%41/\xc3\xbc",
                          {{"x-id", "PutObject"}, {"a", "1/2"}},
                          {{"Host", "h:1"}, {"If-None-Match", "*"}}};
  SignByHeaders(signer, &request);
  const std::string target = TargetOf(request);
  EXPECT_EQ(target, "/bucket/a%20b%2B%2541/%C3%BC?x-id=PutObject&a=1%2F2");
  EXPECT_EQ(Header(request, "X-Amz-Security-Token"), "token");
  // What a server makes of it.
  const size_t mark = target.find('?');
  const Query query(std::string_view(target).substr(mark + 1));
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  for (const auto& [name, value] : request.headers) headers.emplace_back(name, value);
  const std::string names =
      "host;if-none-match;x-amz-content-sha256;x-amz-date;x-amz-security-token";
  const std::string_view scope = "20130524/us-east-1/s3/aws4_request";
  const std::string signature =
      SignRequest(SigningKey(kSigner.secret_access_key, scope), {"20130524T000000Z", scope},
                  CanonicalRequest({"PUT", std::string_view(target).substr(0, mark), query.pairs(),
                                    headers, names, "UNSIGNED-PAYLOAD"}));
  EXPECT_EQ(Header(request, "Authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=" +
                names + ", Signature=" + signature);
  EXPECT_THAT(Header(request, "Authorization"), Not(HasSubstr("wJalr")));
}

}  // namespace
}  // namespace tarn::http
