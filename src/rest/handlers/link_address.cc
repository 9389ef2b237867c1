#include "rest/handlers/link_address.h"

#include <fmt/format.h>

#include "base/xid.h"
#include "block/namespace_address.h"
#include "codec/base64.h"
#include "codec/constant_time.h"
#include "codec/digest.h"
#include "rest/answers.h"

namespace tarn::rest {
namespace {

constexpr int64_t kLinkSecondsMax = 24 * 3600;
constexpr std::string_view kDataPrefix = "data/";

/// What the signature of an address covers; `address` is relative and without signature.
std::string SignedText(const Call& call, std::string_view address) {
  JsonBuilder json;
  json.writer.BeginObject().Field("Repository", call.Text("repository"));
  json.writer.Field("Branch", call.Text("branch")).Field("Path", call.Text("path"));
  json.writer.Field("PhysicalAddress", address).EndObject();
  return std::move(json.text);
}

Sha256Digest SignatureOf(const Call& call, std::string_view signed_text) {
  return HmacSha256(call.options().signing_secret_key, signed_text);
}

}  // namespace

std::string NewLinkAddress(const Call& call) {
  std::string address = call.catalog().NewAddress();
  const Sha256Digest signature = SignatureOf(call, SignedText(call, address));
  address += ',';
  AppendBase64(&address, AsView(signature), Base64::kUrlUnpadded);
  return address;
}

std::optional<std::string> RelativeLinkAddress(const Call& call, const refs::Repository& repository,
                                               std::string_view sent) {
  std::string prefix = repository.storage_namespace.str();
  if (!prefix.ends_with('/')) prefix += '/';
  prefix += kDataPrefix;
  if (sent.starts_with(prefix)) return std::string(sent.substr(prefix.size() - kDataPrefix.size()));
  if (!call.context().objects.info().presign_support) return std::nullopt;
  auto address =
      block::AddressInNamespace(call.context().objects, repository.storage_namespace.view(), sent);
  if (!address || !address->starts_with(kDataPrefix)) return std::nullopt;
  return address;
}

Status CheckLinkAddress(const Call& call, std::string_view address) {
  const size_t comma = address.rfind(',');
  if (comma == std::string_view::npos)
    return {Code::kLinkAddressInvalid, "address is not signed: link address invalid"};
  const std::string_view bare = address.substr(0, comma);
  const std::string text = SignedText(call, bare);
  const std::optional<std::string> signature =
      DecodeBase64(address.substr(comma + 1), Base64::kUrlUnpadded);
  if (!signature)
    return {Code::kLinkAddressInvalid,
            fmt::format("malformed address signature: {}: link address invalid", text)};
  if (!EqualsInConstantTime(*signature, AsView(SignatureOf(call, text))))
    return {Code::kInvalidAddress, "invalid address signature: invalid address"};
  const std::optional<uint32_t> made = XidSeconds(bare.substr(bare.rfind('/') + 1));
  if (!made) return {Code::kLinkAddressInvalid, "link address invalid"};
  if (call.context().clock.Now().seconds - int64_t{*made} > kLinkSecondsMax)
    return {Code::kLinkAddressExpired, "link address expired"};
  return {};
}

}  // namespace tarn::rest
