// Module `formats`: reads Delta tables of a ref, by the API of the server itself.
#include <map>

#include "codec/url.h"
#include "hooks/lua/call.h"
#include "hooks/lua/delta_log.h"
#include "hooks/lua/modules/list.h"

namespace tarn::hooks::lua {
namespace {

constexpr int kOk = 200, kNotFound = 404;
constexpr size_t kPagesMax = 100'000;

Status Failure(const Server::Answer& answer) {
  const auto document = ParseJson(answer.body);
  std::string text = "HTTP " + std::to_string(answer.status);
  if (document.ok()) text.append(": ").append(document->StringAt("message").value_or(""));
  return {Code::kIo, std::move(text)};
}

/// The log folder of a table, read with the key that the client was made with.
class RefFiles final : public DeltaFiles {
 public:
  RefFiles(Call& call, std::string_view repository, std::string_view ref, std::string_view table)
      : call_(call), folder_(std::string(table) + "/_delta_log/") {
    base_ = "/repositories/" + EscapePathSegment(repository) + "/refs/" + EscapePathSegment(ref);
  }

  Result<std::vector<std::string>> List(std::string_view from) override {
    std::vector<std::string> names;
    std::string after = from.empty() ? "" : folder_ + std::string(from);
    size_t bytes = 0;
    for (size_t page = 0; page < kPagesMax; ++page) {
      TARN_TRY_ASSIGN(const Json answer, ListPage(after));
      const Json* const results = answer.Find("results");
      const Json* const pagination = answer.Find("pagination");
      if (results == nullptr || !results->is_array() || pagination == nullptr) break;
      for (const Json& entry : results->items()) {
        const std::string_view path = entry.StringAt("path").value_or("");
        if (entry.StringAt("path_type") != "object" || path.size() <= folder_.size()) continue;
        names.emplace_back(path.substr(folder_.size()));
        TARN_TRY(call_.Allow(bytes += names.back().size() + sizeof(std::string)));
      }
      after = pagination->StringAt("next_offset").value_or("");
      if (!pagination->BoolAt("has_more").value_or(false) || call_.host().MustStop()) break;
    }
    return names;
  }

  Result<std::optional<std::string>> Read(std::string_view name) override {
    Server::Answer answer = Ask("/objects", {{"path", folder_ + std::string(name)}});
    if (answer.status == kNotFound) return std::optional<std::string>();
    if (answer.status != kOk) return Failure(answer);
    TARN_TRY(call_.Allow(answer.body.size()));
    return std::optional(std::move(answer.body));
  }

 private:
  Result<Json> ListPage(const std::string& after) {
    const Server::Answer answer =
        Ask("/objects/ls",
            {{"prefix", folder_}, {"after", after}, {"delimiter", "/"}, {"amount", "1000"}});
    if (answer.status != kOk) return Failure(answer);
    return ParseJson(answer.body);
  }

  Server::Answer Ask(std::string_view what,
                     std::vector<std::pair<std::string, std::string>> query) {
    return call_.host().script().server->Call({.path = base_ + std::string(what),
                                               .query = std::move(query),
                                               .body = {},
                                               .access_key_id = call_.Captured(0),
                                               .secret_access_key = call_.Captured(1)});
  }

  Call& call_;
  const std::string folder_;
  std::string base_;
};

Json TextAt(const Json& fields, std::string_view name) {
  return Json(fields.StringAt(name).value_or(""));
}

Json MetadataOf(const Json& action) {
  const auto at = [&action](std::string_view name, Json fallback) {
    const Json* const value = action.Find(name);
    return value == nullptr ? std::move(fallback) : *value;
  };
  return Json(Json::Object{
      {"configuration", at("configuration", Json(Json::Object()))},
      {"created_time", at("createdTime", Json())},
      {"description", TextAt(action, "description")},
      {"id", TextAt(action, "id")},
      {"name", TextAt(action, "name")},
      {"partition_columns", at("partitionColumns", Json(Json::Array()))},
      {"schema_string", TextAt(action, "schemaString")},
  });
}

/// get_table(repo, ref, prefix): actions by version, and what the table is
Status GetTable(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view repository, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view ref, call.Text(2));
  TARN_TRY_ASSIGN(std::string_view table, call.Text(3));
  while (table.ends_with('/')) table.remove_suffix(1);
  RefFiles files(call, repository, ref, table);
  const DeltaLimits limits{.bytes_max = call.host().script().limits.memory_bytes, .check = [&call] {
                             return call.host().MustStop() ? Status(Code::kCancelled) : Status();
                           }};
  TARN_TRY_ASSIGN(DeltaTable read, ReadDeltaTable(files, std::string(table), limits));
  call.Return(std::move(read.log));
  call.Return(MetadataOf(read.state.metadata));
  return {};
}

constexpr Function kClient[] = {{"get_table", Native<GetTable>}};

/// delta_client(key, secret[, region]): reads as whom the key belongs to
Status MakeClient(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view key, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view secret, call.Text(2));
  TARN_TRY(call.TextOr(3, "").status());  // The region is of no use here.
  call.ReturnFunctions(kClient, {std::string(key), std::string(secret)});
  return {};
}

constexpr Function kFunctions[] = {{"delta_client", Native<MakeClient>}};

}  // namespace

std::span<const Function> FormatsModule() { return kFunctions; }

}  // namespace tarn::hooks::lua
