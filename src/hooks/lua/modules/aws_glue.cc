// Clients of AWS Glue, `aws.glue_client`, and the module `aws`.
#include "codec/json_writer.h"
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"
#include "hooks/lua/modules/remote.h"

namespace tarn::hooks::lua {
namespace {

/// The last part of "com.amazonaws.glue#EntityNotFoundException:...".
std::string ProblemOf(const Json& answer) {
  std::string type(answer.StringAt("__type").value_or("UnknownError"));
  type = type.substr(type.find('#') == std::string::npos ? 0 : type.find('#') + 1);
  return type.substr(0, type.find(':'));
}

/// The answer of an operation, and what it failed with; empty if it did not.
struct GlueAnswer {
  Json document;
  std::string problem;
  Status failure;
};

Result<GlueAnswer> Ask(Call& call, std::string_view operation, const Json& input) {
  const AwsClient client(call);
  AwsRequest request{.method = "POST", .service = "glue", .base = std::string(client.endpoint)};
  if (request.base.empty()) {
    request.base = "https://glue." + std::string(client.region) + ".amazonaws.com";
  }
  request.headers.emplace_back("Content-Type", "application/x-amz-json-1.1");
  request.headers.emplace_back("X-Amz-Target", "AWSGlue." + std::string(operation));
  request.body = ToJsonText(input);
  TARN_TRY_ASSIGN(const Network::Answer answer, SendSigned(call, client, std::move(request)));
  GlueAnswer result;
  auto document = ParseJson(answer.body);
  if (document.ok()) result.document = *std::move(document);
  if (answer.status == 200) return result;
  result.problem = ProblemOf(result.document);
  const auto message = result.document.StringAt("Message");
  result.failure = Status(
      Code::kIo,
      "operation error Glue: " + std::string(operation) + ", https response error StatusCode: " +
          std::to_string(answer.status) + ", RequestID: , api error " + result.problem + ": " +
          std::string(message ? *message : result.document.StringAt("message").value_or("")));
  return result;
}

Status AskOnly(Call& call, std::string_view operation, const Json& input) {
  TARN_TRY_ASSIGN(const GlueAnswer answer, Ask(call, operation, input));
  return answer.failure;
}

/// Sets a member to an argument that may be left out.
Status SetText(Call& call, int index, std::string_view name, Json* input) {
  if (call.IsNil(index)) return {};
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(index));
  input->Set(name, Json(text));
  return {};
}

/// {"DatabaseName": (argument 1), "TableInput": (argument 2, JSON), "CatalogId": (argument 3)}
Result<Json> TableRequest(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view db, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(2));
  TARN_TRY_ASSIGN(Json table, ParseJson(text));
  if (!table.is_object()) {
    return Status(Code::kInvalidValue,
                  "json: cannot unmarshal into Go value of type types.TableInput");
  }
  const Json* const name = table.Find("Name");
  if (name != nullptr && !name->is_string() && !name->is_null()) {
    return Status(Code::kInvalidValue,
                  "json: cannot unmarshal into Go struct field TableInput.Name of type string");
  }
  Json input(Json::Object{{"DatabaseName", Json(db)}, {"TableInput", std::move(table)}});
  TARN_TRY(SetText(call, 3, "CatalogId", &input));
  return input;
}

/// create_table(db, json[, catalog])
Status CreateTable(Call& call) {
  TARN_TRY_ASSIGN(const Json input, TableRequest(call));
  return AskOnly(call, "CreateTable", input);
}

/// update_table(db, json[, catalog[, version[, skip_archive]]])
Status UpdateTable(Call& call) {
  if (!call.IsNil(5)) TARN_TRY(call.Boolean(5));
  TARN_TRY_ASSIGN(Json input, TableRequest(call));
  TARN_TRY(SetText(call, 4, "VersionId", &input));
  if (!call.IsNil(5)) input.Set("SkipArchive", Json(call.IsTrue(5)));
  return AskOnly(call, "UpdateTable", input);
}

Result<Json> NamedTable(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view db, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view table, call.Text(2));
  Json input(Json::Object{{"DatabaseName", Json(db)}, {"Name", Json(table)}});
  TARN_TRY(SetText(call, 3, "CatalogId", &input));
  return input;
}

/// get_table(db, table[, catalog]): the answer and true, or "" and false.
Status GetTable(Call& call) {
  TARN_TRY_ASSIGN(const Json input, NamedTable(call));
  TARN_TRY_ASSIGN(GlueAnswer answer, Ask(call, "GetTable", input));
  const bool is_there = answer.failure.ok();
  if (!is_there && answer.problem != "EntityNotFoundException") return answer.failure;
  if (is_there) {
    answer.document.Set("ResultMetadata", Json(Json::Object()));
    call.Return(std::move(answer.document));
  } else {
    call.ReturnText("");
  }
  call.Return(is_there);
  return {};
}

Status DeleteTable(Call& call) {
  TARN_TRY_ASSIGN(const Json input, NamedTable(call));
  return AskOnly(call, "DeleteTable", input);
}

/// create_database(db[, {error_on_already_exists=true, create_db_input=}])
Status CreateDatabase(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view db, call.Text(1));
  Json input(Json::Object{});
  bool fails_if_there = true;
  if (!call.IsNil(2)) {
    TARN_TRY_ASSIGN(const Json options, call.Table(2));
    fails_if_there = options.BoolAt("error_on_already_exists").value_or(true);
    const Json* const given = options.Find("create_db_input");
    if (given != nullptr && given->is_object()) input = *given;
  }
  if (input.Find("DatabaseInput") == nullptr) input.Set("DatabaseInput", Json(Json::Object()));
  Json* const database = input.Find("DatabaseInput");
  if (!database->is_object()) return {Code::kInvalidValue, "DatabaseInput must be a table"};
  const std::string name(database->StringAt("Name").value_or(db));
  if (name != db) {
    return {Code::kInvalidValue, "database name in input (" + name +
                                     ") doesn't match database name parameter (" + std::string(db) +
                                     ")"};
  }
  database->Set("Name", Json(name));
  TARN_TRY_ASSIGN(const GlueAnswer answer, Ask(call, "CreateDatabase", input));
  return !fails_if_there && answer.problem == "AlreadyExistsException" ? Status() : answer.failure;
}

Status DeleteDatabase(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view db, call.Text(1));
  Json input(Json::Object{{"Name", Json(db)}});
  TARN_TRY(SetText(call, 2, "CatalogId", &input));
  return AskOnly(call, "DeleteDatabase", input);
}

constexpr Function kClient[] = {
    {"create_database", Native<CreateDatabase>},
    {"create_table", Native<CreateTable>},
    {"delete_database", Native<DeleteDatabase>},
    {"delete_table", Native<DeleteTable>},
    {"get_table", Native<GetTable>},
    {"update_table", Native<UpdateTable>},
};

Status MakeGlueClient(Call& call) {
  TARN_TRY_ASSIGN(std::vector<std::string> client, ReadAwsClient(call));
  call.ReturnFunctions(kClient, std::move(client));
  return {};
}

constexpr Function kFunctions[] = {{"glue_client", Native<MakeGlueClient>},
                                   {"s3_client", Native<MakeS3Client>}};

}  // namespace

std::span<const Function> AwsModule() { return kFunctions; }

}  // namespace tarn::hooks::lua
