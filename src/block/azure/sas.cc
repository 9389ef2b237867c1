#include "block/azure/sas.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/clock.h"

namespace tarn::block::azure {
namespace {

constexpr std::string_view kProtocol = "https";
constexpr std::string_view kKindOfBlob = "b";

std::string Join(std::span<const std::string_view> fields) {
  std::string text(fields.front());
  for (const std::string_view field : fields.subspan(1)) text.append("\n").append(field);
  return text;
}

std::string ResourceOf(const Place& place) {
  return "/blob/" + std::string(place.account) + "/" + std::string(place.container) + "/" +
         std::string(place.blob);
}

Pairs ParametersOf(const SasRequest& request, const std::string& expires, std::string signature) {
  Pairs pairs = {{"se", expires},
                 {"sig", std::move(signature)},
                 {"sp", std::string(request.permissions)},
                 {"spr", std::string(kProtocol)},
                 {"sr", std::string(kKindOfBlob)},
                 {"sv", std::string(kServiceVersion)}};
  if (!request.content_disposition.empty()) {
    pairs.emplace_back("rscd", request.content_disposition);
  }
  return pairs;
}

}  // namespace

std::string TimeText(int64_t seconds) { return FormatRfc3339({seconds, 0}); }

Pairs SignAccess(const SasRequest& request, const SharedKey& key) {
  const std::string expires = TimeText(request.expires_seconds);
  const std::string resource = ResourceOf(request.place);
  const std::array<std::string_view, 16> fields = {
      request.permissions,
      "",  // start
      expires,
      resource,
      "",  // stored policy
      "",  // addresses of clients
      kProtocol,
      kServiceVersion,
      kKindOfBlob,
      "",  // snapshot
      "",  // encryption scope
      "",  // cache control
      request.content_disposition,
      "",  // content encoding
      "",  // content language
      ""   // content type
  };
  Pairs pairs = ParametersOf(request, expires, Sign(key.secret, Join(fields)));
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

Pairs SignAccess(const SasRequest& request, const DelegationKey& key) {
  const std::string expires = TimeText(request.expires_seconds);
  const std::string resource = ResourceOf(request.place);
  const std::array<std::string_view, 24> fields = {
      request.permissions,
      "",  // start
      expires,
      resource,
      key.object_id,
      key.tenant_id,
      key.starts,
      key.expires,
      key.service,
      key.version,
      "",  // authorized user
      "",  // unauthorized user
      "",  // correlation
      "",  // addresses of clients
      kProtocol,
      kServiceVersion,
      kKindOfBlob,
      "",  // snapshot
      "",  // encryption scope
      "",  // cache control
      request.content_disposition,
      "",  // content encoding
      "",  // content language
      ""   // content type
  };
  Pairs pairs = ParametersOf(request, expires, Sign(key.secret, Join(fields)));
  const Pairs more = {{"skoid", key.object_id}, {"sktid", key.tenant_id}, {"skt", key.starts},
                      {"ske", key.expires},     {"sks", key.service},     {"skv", key.version}};
  pairs.insert(pairs.end(), more.begin(), more.end());
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

}  // namespace tarn::block::azure
