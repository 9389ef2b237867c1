#include "s3gw/signing/signed_request.h"

#include <utility>

#include "s3gw/signing/signature_v2.h"
#include "s3gw/signing/signature_v4.h"

namespace tarn::s3gw {
namespace {

using Verdict = std::variant<SignedRequest, Answer>;

/// Finds the key of a claim and lets `check(secret)` decide about it.
template <class Claim, class Check>
Verdict WithKey(const Claim& claim, auth::Service& auth, Check check) {
  auto owner = auth.FindKey(claim.access_key_id);
  if (!owner.ok()) return Answer(std::move(owner).status());
  if (!*owner) return Answer(Error::kAccessDenied);
  Expected<SignedRequest> checked = check((*owner)->secret_access_key);
  if (!checked.ok()) return Answer(checked.failure());
  checked->user = std::move((*owner)->user);
  return *std::move(checked);
}

Expected<SignedRequest> FromVersion2(std::optional<Failure> failure) {
  if (failure) return *std::move(failure);
  return SignedRequest();
}

}  // namespace

Verdict VerifySignature(const http::RequestHead& head, const Query& query, auth::Service& auth,
                        Clock& clock, std::span<const std::string> domains) {
  const Timestamp now = clock.Now();
  const auto v4 = ReadSignatureV4(head, query);
  if (!v4.ok()) return Answer(v4.failure());
  if (*v4) {
    return WithKey(**v4, auth, [&](std::string_view secret) {
      return CheckSignatureV4(**v4, head, query, secret, now);
    });
  }
  if (const auto v2 = ReadSignatureV2(head)) {
    return WithKey(*v2, auth, [&](std::string_view secret) {
      return FromVersion2(CheckSignatureV2(*v2, head, query, secret, now, domains));
    });
  }
  if (const auto link = ReadPresignedSignatureV2(query)) {
    return WithKey(*link, auth, [&](std::string_view secret) {
      return FromVersion2(CheckPresignedSignatureV2(*link, head, query, secret, now, domains));
    });
  }
  if (const auto java = ReadJavaSignatureV2(query)) {
    return WithKey(*java, auth, [&](std::string_view secret) {
      return FromVersion2(CheckJavaSignatureV2(*java, head, query, secret, now, domains));
    });
  }
  return Answer(Error::kMissingFields);
}

}  // namespace tarn::s3gw
