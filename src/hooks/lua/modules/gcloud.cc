// Module `gcloud`: symbolic links of gcsfuse in Google Cloud Storage.
#include <optional>

#include "base/clock.h"
#include "base/random.h"
#include "block/gs/paths.h"
#include "block/gs/token_exchange.h"
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"
#include "hooks/lua/modules/remote.h"

namespace tarn::hooks::lua {
namespace {

namespace gs = block::gs;

constexpr const char* kTargetName = "gcsfuse_symlink_target";

/// How the credentials that the client was made with are exchanged for a token.
Result<gs::TokenExchange> ReadCredentials(std::string_view text) {
  // Those of the server itself are not for scripts.
  if (text.empty()) return Status(Code::kInvalidValue, "credentials: there are none");
  TARN_TRY_ASSIGN(const Json file, ParseJson(text, {.trailing = JsonTrailing::kRefuse}));
  if (file.StringAt("type") == "authorized_user") {
    for (const char* name : {"client_id", "client_secret", "refresh_token"}) {
      if (file.StringAt(name).value_or("").empty()) {
        return Status(Code::kInvalidValue, "credentials: " + std::string(name) + " is missing");
      }
    }
    return gs::ExchangeOfUser(file);
  }
  TARN_TRY_ASSIGN(const gs::ServiceAccount account, gs::ReadServiceAccount(text));
  return gs::ExchangeOf(account, SystemClock().Now().seconds);
}

Result<std::string> FetchToken(Call& call) {
  TARN_TRY_ASSIGN(gs::TokenExchange exchange, ReadCredentials(call.Captured(0)));
  Network::Request request{.method = "POST",
                           .url = std::move(exchange.url),
                           .headers = {{"Content-Type", std::string(gs::kFormType)}},
                           .body = std::move(exchange.form)};
  request.has_body = true;
  TARN_TRY_ASSIGN(const Network::Answer answer, Send(call, std::move(request)));
  TARN_TRY_ASSIGN(gs::Token token, gs::ReadTokenAnswer(answer.status, answer.body, "Google Cloud",
                                                       SystemClock().Now().seconds));
  return std::move(token.value);
}

/// Where files are seen instead of where they are.
struct Mount {
  std::optional<std::string> from, to;
};

Result<Mount> ReadMount(Call& call) {
  const auto table = call.Table(3);
  if (!table.ok()) return table.status();
  Mount mount;
  if (!table->is_object()) return mount;
  for (const auto& [name, value] : table->members()) {
    if (!value.is_string()) {
      return Status(Code::kInvalidValue, "value for key '" + name +
                                             "' should be a string: cannot pull go type into lua");
    }
    if (name == "from") mount.from = value.string();
    if (name == "to") mount.to = value.string();
  }
  return mount;
}

/// What the link leads to.
std::string TargetOf(std::string_view physical_address, const Mount& mount) {
  std::string_view rest = physical_address;
  if (mount.from && rest.starts_with(*mount.from)) rest.remove_prefix(mount.from->size());
  if (!mount.to) return std::string(rest);
  std::string_view to = *mount.to;
  while (to.ends_with('/')) to.remove_suffix(1);
  while (rest.starts_with('/')) rest.remove_prefix(1);
  return std::string(to) + "/" + std::string(rest);
}

/// "gs://bucket/key"
Result<block::remote::Location> ReadOutput(std::string_view uri) {
  constexpr std::string_view kScheme = "gs://";
  const size_t slash = uri.find('/', kScheme.size());
  if (!uri.starts_with(kScheme) || slash == std::string_view::npos || slash == kScheme.size() ||
      slash + 1 == uri.size()) {
    return Status(Code::kInvalidValue,
                  "could not parse destination storage URI: " + std::string(uri));
  }
  return block::remote::Location{std::string(uri.substr(kScheme.size(), slash - kScheme.size())),
                                 std::string(uri.substr(slash + 1))};
}

/// An empty object whose metadata says what it links to.
Status StoreLink(Call& call, const std::string& token, const block::remote::Location& at,
                 const std::string& target) {
  const std::string boundary = NewUuid(SystemRandom());
  Network::Request request{.method = "POST", .url = {}, .headers = {}, .body = {}};
  request.url =
      std::string(gs::kCloudUrl) +
      gs::WithQuery(gs::UploadPath(at.bucket), {{"uploadType", "multipart"}, {"name", at.key}});
  request.headers = {{"Authorization", "Bearer " + token},
                     {"Content-Type", "multipart/related; boundary=" + boundary}};
  request.body = "--" + boundary + "\r\nContent-Type: application/json\r\n\r\n";
  JsonWriter(&request.body)
      .BeginObject()
      .Field("name", at.key)
      .Key("metadata")
      .BeginObject()
      .Field(kTargetName, target)
      .EndObject()
      .EndObject();
  request.body += "\r\n--" + boundary + "\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--" +
                  boundary + "--\r\n";
  request.has_body = true;
  TARN_TRY_ASSIGN(const Network::Answer answer, Send(call, std::move(request)));
  if (answer.status >= 200 && answer.status < 300) return {};
  return {Code::kIo, "could not write the link gs://" + at.bucket + "/" + at.key + ": status " +
                         std::to_string(answer.status)};
}

/// write_fuse_symlink(physical_address, output_gs_uri, {from, to})
Status WriteSymlink(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view physical_address, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view output, call.Text(2));
  const auto mount = ReadMount(call);
  if (!mount.ok()) return Status(mount.status()).Prefixed("could not read mount info: ");
  const auto token = FetchToken(call);
  if (!token.ok()) {
    return Status(token.status()).Prefixed("could not initialize google storage client: ");
  }
  TARN_TRY_ASSIGN(const block::remote::Location at, ReadOutput(output));
  return StoreLink(call, *token, at, TargetOf(physical_address, *mount));
}

constexpr Function kClient[] = {{"write_fuse_symlink", Native<WriteSymlink>}};

/// gs_client(json): credentials of a service account, or of a user
Status MakeClient(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view json, call.Text(1));
  call.ReturnFunctions(kClient, {std::string(json)});
  return {};
}

constexpr Function kFunctions[] = {{"gs_client", Native<MakeClient>}};

}  // namespace

std::span<const Function> GcloudModule() { return kFunctions; }

}  // namespace tarn::hooks::lua
