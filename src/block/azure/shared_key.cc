#include "block/azure/shared_key.h"

#include <algorithm>
#include <array>
#include <map>

#include "codec/base64.h"
#include "codec/digest.h"
#include "http/message.h"

namespace tarn::block::azure {
namespace {

constexpr std::string_view kOwnHeaders = "x-ms-";

std::string_view Find(const Pairs& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (http::EqualsIgnoreCase(key, name)) return value;
  }
  return "";
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

}  // namespace

Result<SharedKey> ReadSharedKey(std::string account, std::string_view key) {
  auto secret = DecodeBase64(key);
  if (!secret || secret->empty()) {
    return Status(Code::kInvalidValue, "the key of the storage account is not base64");
  }
  return SharedKey{std::move(account), *std::move(secret)};
}

std::string StringToSign(std::string_view account, const RequestToSign& request) {
  constexpr std::array<std::string_view, 2> kBeforeLength = {"Content-Encoding",
                                                             "Content-Language"};
  // The date is that of x-ms-date.
  constexpr std::array<std::string_view, 8> kAfterLength = {
      "Content-MD5",   "Content-Type",        "",     "If-Modified-Since", "If-Match",
      "If-None-Match", "If-Unmodified-Since", "Range"};
  std::string text(request.method);
  for (const std::string_view name : kBeforeLength) {
    text.append("\n").append(Find(request.headers, name));
  }
  text += '\n';
  if (request.body_bytes > 0) text += std::to_string(request.body_bytes);
  for (const std::string_view name : kAfterLength) {
    text.append("\n").append(name.empty() ? "" : Find(request.headers, name));
  }
  text += '\n';
  std::map<std::string, std::string_view> own;
  for (const auto& [name, value] : request.headers) {
    std::string lower = Lower(name);
    if (lower.starts_with(kOwnHeaders)) own.emplace(std::move(lower), value);
  }
  for (const auto& [name, value] : own) text.append(name).append(":").append(value).append("\n");
  text.append("/").append(account).append(request.path);
  Pairs query = request.query;
  std::sort(query.begin(), query.end());
  for (const auto& [name, value] : query) text.append("\n").append(name).append(":").append(value);
  return text;
}

std::string Sign(std::string_view secret, std::string_view text) {
  return EncodeBase64(AsView(HmacSha256(secret, text)));
}

std::string Authorization(const SharedKey& key, const RequestToSign& request) {
  return "SharedKey " + key.account + ":" + Sign(key.secret, StringToSign(key.account, request));
}

}  // namespace tarn::block::azure
