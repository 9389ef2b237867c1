// Module `azure`: blobs of a storage account, and addresses as Spark writes them.
#include <re2/re2.h>

#include "base/clock.h"
#include "block/azure/location.h"
#include "block/azure/sas.h"
#include "block/azure/shared_key.h"
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"
#include "hooks/lua/modules/remote.h"
#include "http/http_date.h"
#include "http/message.h"
#include "http/outgoing_signature.h"

namespace tarn::hooks::lua {
namespace {

namespace azure = block::azure;

bool IsSuccess(const Network::Answer& answer) {
  return answer.status >= 200 && answer.status < 300;
}

/// What the service says went wrong; answers without a body have it in a header.
std::string CodeOf(const Network::Answer& answer) {
  for (const auto& [name, value] : answer.headers) {
    if (http::EqualsIgnoreCase(name, "x-ms-error-code")) return value;
  }
  return "";
}

Status Failure(std::string_view operation, const Network::Answer& answer) {
  return {Code::kIo, "azure client: " + std::string(operation) + ": status " +
                         std::to_string(answer.status) + ", ERROR CODE: " + CodeOf(answer)};
}

/// Sends a request about "container/blob", signed with the key that the client was made with.
Result<Network::Answer> Ask(Call& call, std::string method, std::string_view path,
                            azure::Pairs headers, std::string_view body) {
  const size_t slash = path.find('/');
  if (slash == std::string_view::npos) {
    return Status(
        Code::kInvalidValue,
        "azure client: invalid path, missing container name from path: " + std::string(path));
  }
  TARN_TRY_ASSIGN(const azure::SharedKey key,
                  azure::ReadSharedKey(std::string(call.Captured(0)), call.Captured(1)));
  TARN_TRY_ASSIGN(const azure::Endpoint endpoint,
                  azure::EndpointOf(key.account, azure::kPublicDomain, ""));
  const std::string target =
      http::TargetOf({.method = {}, .path = "/" + std::string(path), .query = {}, .headers = {}});
  headers.emplace_back("x-ms-date", http::FormatHttpDate(SystemClock().Now().seconds));
  headers.emplace_back("x-ms-version", azure::kServiceVersion);
  const azure::Pairs no_query;
  headers.emplace_back("Authorization",
                       azure::Authorization(key, {method, target, no_query, headers, body.size()}));
  Network::Request request{.method = std::move(method),
                           .url = endpoint.server + target,
                           .headers = std::move(headers),
                           .body = std::string(body)};
  request.has_body = request.method == "PUT";
  return Send(call, std::move(request));
}

/// get_object(path): content and true, or "" and false
Status GetObject(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view path, call.Text(1));
  TARN_TRY_ASSIGN(Network::Answer answer, Ask(call, "GET", path, {}, ""));
  const bool is_there = IsSuccess(answer);
  if (!is_there && CodeOf(answer) != "BlobNotFound") return Failure("get object", answer);
  TARN_TRY(call.Allow(answer.body.size()));
  call.Return(is_there ? std::move(answer.body) : std::string());
  call.Return(is_there);
  return {};
}

/// put_object(path, data)
Status PutObject(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view path, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view data, call.Text(2));
  TARN_TRY_ASSIGN(
      const Network::Answer answer,
      Ask(call, "PUT", path,
          {{"Content-Type", "application/octet-stream"}, {"x-ms-blob-type", "BlockBlob"}}, data));
  return IsSuccess(answer) ? Status() : Failure("put object", answer);
}

/// delete_object(path)
Status DeleteObject(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view path, call.Text(1));
  TARN_TRY_ASSIGN(const Network::Answer answer, Ask(call, "DELETE", path, {}, ""));
  return IsSuccess(answer) ? Status() : Failure("delete object", answer);
}

constexpr Function kClient[] = {
    {"delete_object", Native<DeleteObject>},
    {"get_object", Native<GetObject>},
    {"put_object", Native<PutObject>},
};

/// True for what can be part of a host name.
bool IsAccount(std::string_view name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string_view::npos;
}

/// blob_client(account, key)
Status MakeClient(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view account, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view key, call.Text(2));
  if (!IsAccount(account)) {
    return {Code::kInvalidValue, "azure client: invalid account name: " + std::string(account)};
  }
  TARN_TRY(azure::ReadSharedKey(std::string(account), key).status());
  call.ReturnFunctions(kClient, {std::string(account), std::string(key)});
  return {};
}

/// abfss_transform_path(url)
Status ToAbfss(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view url, call.Text(1));
  TARN_TRY_ASSIGN(
      const re2::RE2* const pattern,
      call.host().Regexp(R"((?s)https://(\w+)\.(?:blob|adls)\.core\.windows\.net/([^/]+)/(.+))"));
  std::string account, container, path;
  if (!re2::RE2::FullMatch(re2::StringPiece(url.data(), url.size()), *pattern, &account, &container,
                           &path)) {
    return {Code::kInvalidValue, "expected valid Azure https URL: " + std::string(url)};
  }
  call.Return("abfss://" + container + "@" + account + ".dfs.core.windows.net/" + path);
  return {};
}

constexpr Function kFunctions[] = {
    {"abfss_transform_path", Native<ToAbfss>},
    {"blob_client", Native<MakeClient>},
};

}  // namespace

std::span<const Function> AzureModule() { return kFunctions; }

}  // namespace tarn::hooks::lua
