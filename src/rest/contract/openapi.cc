#include "rest/contract/openapi.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <vector>

#include "codec/json_writer.h"
#include "rest/contract/operation.h"
#include "rest/contract/parameters.h"
#include "rest/contract/patterns.h"

namespace tarn::rest {
namespace {

struct ErrorResponse {
  int status;
  std::string_view component;  ///< Empty: described in place.
  std::string_view description;
};

constexpr ErrorResponse kErrorResponses[] = {
    {206, "", "A part of the object"},
    {302, "", "The object is elsewhere"},
    {304, "", "Not modified"},
    {400, "BadRequest", "Bad request"},
    {401, "Unauthorized", "Unauthorized"},
    {403, "Forbidden", "Forbidden"},
    {404, "NotFound", "Resource not found"},
    {409, "Conflict", "Conflicts with what exists"},
    {410, "", "Gone"},
    {412, "PreconditionFailed", "A condition does not hold"},
    {416, "", "Range not satisfiable"},
    {429, "", "Too many requests"},
    {501, "NotImplemented", "Not implemented"},
};

// Named in the contract besides those above.
constexpr std::pair<std::string_view, std::string_view> kOtherResponses[] = {
    {"NotFoundOrNoACL", "Group not found, or it has no access control list"},
    {"ServerError", "Internal server error"},
    {"ValidationError", "The request does not fit the contract"},
};

// Errors whose document is not that of their status.
struct OwnErrorSchema {
  std::string_view operation;
  int status;
  std::string_view schema;
};
constexpr OwnErrorSchema kOwnErrorSchemas[] = {
    {"completePresignMultipartUpload", 409, "StagingLocation"},
    {"getGroupACL", 404, "ErrorNoACL"},
    {"linkPhysicalAddress", 409, "StagingLocation"},
    {"mergeIntoBranch", 409, "MergeResult"},
    {"mergePullRequest", 409, "MergeResult"},
};

constexpr std::string_view kComponents = "#/components/";

std::string Reference(std::string_view kind, std::string_view name) {
  return fmt::format("{}{}/{}", kComponents, kind, name);
}

class Writer {
 public:
  explicit Writer(SchemaSet& schemas) : schemas_(schemas) {}

  std::string Document() {
    json_.BeginObject();
    json_.Key("components").BeginObject();
    Parameters();
    Responses();
    Schemas();
    SecuritySchemes();
    json_.EndObject();
    Info();
    json_.Field("openapi", "3.0.0");
    Paths();
    Security();
    json_.Key("servers").BeginArray().BeginObject();
    json_.Field("description", "lakeFS server endpoint").Field("url", "/api/v1");
    json_.EndObject().EndArray().EndObject();
    return std::move(text_);
  }

 private:
  void Parameters() {
    std::map<std::string_view, const Parameter*> shared;
    for (const Operation* operation : AllOperations())
      for (const Parameter* parameter : operation->parameters)
        if (parameter && !parameter->component.empty()) shared[parameter->component] = parameter;
    json_.Key("parameters").BeginObject();
    for (const auto& [name, parameter] : shared) {
      json_.Key(name);
      WriteParameter(*parameter);
    }
    json_.EndObject();
  }

  void Responses() {
    json_.Key("responses").BeginObject();
    for (const ErrorResponse& response : kErrorResponses)
      if (!response.component.empty()) ErrorComponent(response.component, response.description);
    for (const auto& [name, description] : kOtherResponses) ErrorComponent(name, description);
    json_.EndObject();
  }

  void ErrorComponent(std::string_view name, std::string_view description) {
    json_.Key(name).BeginObject();
    Content("application/json", name == "NotFoundOrNoACL" ? "ErrorNoACL" : "Error");
    json_.Field("description", description).EndObject();
  }

  void Schemas() {
    json_.Key("schemas").BeginObject();
    for (const Schema* schema : schemas_.Named()) {
      json_.Key(schema->name);
      WriteSchemaBody(*schema);
    }
    json_.EndObject();
  }

  void SecuritySchemes() {
    json_.Key("securitySchemes").BeginObject();
    json_.Key("basic_auth").BeginObject();
    json_.Field("scheme", "basic").Field("type", "http").EndObject();
    for (const std::string_view kind : {"internal", "oidc", "saml"}) {
      json_.Key(kind == "internal" ? "cookie_auth" : std::string(kind) + "_auth").BeginObject();
      json_.Field("in", "cookie").Field("name", std::string(kind) + "_auth_session");
      json_.Field("type", "apiKey").EndObject();
    }
    json_.Key("jwt_token").BeginObject();
    json_.Field("bearerFormat", "JWT").Field("scheme", "bearer").Field("type", "http");
    json_.EndObject().EndObject();
  }

  void Info() {
    json_.Key("info").BeginObject().Field("description", "lakeFS HTTP API");
    json_.Key("license").BeginObject().Field("name", "Apache 2.0");
    json_.Field("url", "https://www.apache.org/licenses/LICENSE-2.0.html").EndObject();
    json_.Field("title", "lakeFS API").Field("version", "1.0.0").EndObject();
  }

  void Security() {
    json_.Key("security").BeginArray();
    for (const std::string_view scheme :
         {"jwt_token", "basic_auth", "cookie_auth", "oidc_auth", "saml_auth"})
      json_.BeginObject().Key(scheme).BeginArray().EndArray().EndObject();
    json_.EndArray();
  }

  void Paths() {
    std::map<std::string_view, std::vector<const Operation*>> by_path;
    for (const Operation* operation : AllOperations())
      by_path[operation->path].push_back(operation);
    json_.Key("paths").BeginObject();
    for (const auto& [path, operations] : by_path) {
      json_.Key(path).BeginObject();
      const ParameterList list(*operations.front());
      if (list.path_count > 0) {
        json_.Key("parameters").BeginArray();
        for (size_t i = 0; i < list.path_count; ++i) WriteParameter(*list.all[i]);
        json_.EndArray();
      }
      for (const Operation* operation : operations) WriteOperation(*operation);
      json_.EndObject();
    }
    json_.EndObject();
  }

  void WriteOperation(const Operation& operation) {
    std::string method(operation.method);
    std::transform(method.begin(), method.end(), method.begin(),
                   [](char c) { return static_cast<char>(c | 0x20); });
    json_.Key(method).BeginObject();
    json_.Key("tags").BeginArray();
    for (const std::string_view tag : operation.tags)
      if (!tag.empty()) json_.String(tag);
    json_.EndArray();
    json_.Field("operationId", operation.id).Field("summary", operation.summary);
    if (const std::string needs = Needs(operation); !needs.empty())
      json_.Field("description", needs);
    if (operation.deprecated) json_.Field("deprecated", true);
    if (operation.access == Access::kOpen) json_.Key("security").BeginArray().EndArray();
    if (operation.parameters[0]) {
      json_.Key("parameters").BeginArray();
      for (const Parameter* parameter : operation.parameters)
        if (parameter) ParameterOrReference(*parameter);
      json_.EndArray();
    }
    RequestBody(operation);
    OperationResponses(operation);
    json_.EndObject();
  }

  static std::string Needs(const Operation& operation) {
    std::vector<std::string_view> actions;
    CollectActions(operation.permission, &actions);
    return actions.empty() ? "" : fmt::format("Needs {}.", fmt::join(actions, ", "));
  }

  static void CollectActions(const auth::Permission& permission,
                             std::vector<std::string_view>* actions) {
    const bool is_new =
        !permission.action.empty() &&
        std::find(actions->begin(), actions->end(), permission.action) == actions->end();
    if (is_new) actions->push_back(permission.action);
    for (const auth::Permission& part : permission.parts) CollectActions(part, actions);
  }

  void ParameterOrReference(const Parameter& parameter) {
    if (parameter.component.empty()) return WriteParameter(parameter);
    json_.BeginObject();
    json_.Field("$ref", Reference("parameters", parameter.component)).EndObject();
  }

  void WriteParameter(const Parameter& parameter) {
    constexpr std::string_view kIn[] = {"path", "query", "header"};
    json_.BeginObject().Field("in", kIn[static_cast<int>(parameter.in)]);
    json_.Field("name", parameter.name);
    if (parameter.required) json_.Field("required", true);
    if (parameter.allow_empty) json_.Field("allowEmptyValue", true);
    if (parameter.deprecated) json_.Field("deprecated", true);
    if (!parameter.description.empty()) json_.Field("description", parameter.description);
    json_.Key("schema").BeginObject();
    switch (parameter.type) {
      case ParameterType::kString:
        json_.Field("type", "string");
        break;
      case ParameterType::kInteger:
        json_.Field("type", "integer");
        break;
      case ParameterType::kBoolean:
        json_.Field("type", "boolean");
        break;
      case ParameterType::kDateTime:
        json_.Field("type", "string").Field("format", "date-time");
        break;
      case ParameterType::kStringList:
        json_.Field("type", "array").Key("items").BeginObject();
        json_.Field("type", "string").EndObject();
        break;
    }
    ParameterLimits(parameter);
    json_.EndObject().EndObject();
  }

  void ParameterLimits(const Parameter& parameter) {
    if (parameter.bounded)
      json_.Field("minimum", parameter.minimum).Field("maximum", parameter.maximum);
    if (!parameter.pattern.empty())
      json_.Field("pattern", PatternNamed(parameter.pattern).expression);
    if (!parameter.allowed[0].empty()) {
      json_.Key("enum").BeginArray();
      for (const std::string_view value : parameter.allowed)
        if (!value.empty()) json_.String(value);
      json_.EndArray();
    }
    if (parameter.default_value.empty()) return;
    json_.Key("default");
    if (parameter.type == ParameterType::kString)
      json_.String(parameter.default_value);
    else
      json_.Raw(parameter.default_value);
  }

  void RequestBody(const Operation& operation) {
    if (operation.body.kind == BodyKind::kNone) return;
    json_.Key("requestBody").BeginObject();
    if (operation.body.kind == BodyKind::kStream) {
      json_.Key("content").BeginObject();
      json_.Key("multipart/form-data").BeginObject().Key("schema").BeginObject();
      json_.Field("type", "object").Key("properties").BeginObject().Key("content");
      Binary();
      json_.EndObject().EndObject().EndObject();
      json_.Key("application/octet-stream").BeginObject().Key("schema");
      Binary();
      json_.EndObject().EndObject().EndObject();
      json_.Field("x-validation-exclude-body", true);
      return;
    }
    if (operation.body.kind == BodyKind::kJson) json_.Field("required", true);
    Content("application/json", operation.body.schema);
    json_.EndObject();
  }

  void Binary() {
    json_.BeginObject().Field("type", "string").Field("format", "binary").EndObject();
  }

  void OperationResponses(const Operation& operation) {
    json_.Key("responses").BeginObject();
    const Success& success = operation.success;
    json_.Key(std::to_string(success.status)).BeginObject();
    json_.Field("description", success.schema.empty() ? "Done" : "The answer");
    if (!success.schema.empty())
      Content(success.media_type.empty() ? "application/json" : success.media_type, success.schema);
    json_.EndObject();
    for (const int status : operation.errors) {
      const auto row =
          std::find_if(std::begin(kErrorResponses), std::end(kErrorResponses),
                       [&](const ErrorResponse& response) { return response.status == status; });
      if (row != std::end(kErrorResponses)) ErrorOf(operation, *row);
    }
    json_.Key("default").BeginObject();
    if (operation.method == "HEAD")  // its answers have no body
      json_.Field("description", "Internal server error").EndObject();
    else
      json_.Field("$ref", Reference("responses", "ServerError")).EndObject();
    json_.EndObject();
  }

  void ErrorOf(const Operation& operation, const ErrorResponse& row) {
    json_.Key(std::to_string(row.status)).BeginObject();
    const auto own = std::find_if(
        std::begin(kOwnErrorSchemas), std::end(kOwnErrorSchemas), [&](const OwnErrorSchema& error) {
          return error.operation == operation.id && error.status == row.status;
        });
    if (own == std::end(kOwnErrorSchemas) && !row.component.empty() && operation.method != "HEAD") {
      json_.Field("$ref", Reference("responses", row.component)).EndObject();
      return;
    }
    json_.Field("description", row.description);
    if (own != std::end(kOwnErrorSchemas)) Content("application/json", own->schema);
    json_.EndObject();
  }

  void Content(std::string_view media_type, std::string_view schema) {
    json_.Key("content").BeginObject().Key(media_type).BeginObject().Key("schema");
    if (media_type == "application/octet-stream")
      Binary();
    else
      WriteSchema(*schemas_.Get(schema));
    json_.EndObject().EndObject();
  }

  void WriteSchema(const Schema& schema) {
    if (schema.name.empty()) return WriteSchemaBody(schema);
    json_.BeginObject().Field("$ref", Reference("schemas", schema.name)).EndObject();
  }

  void WriteSchemaBody(const Schema& schema) {
    constexpr std::string_view kTypes[] = {"string", "integer", "boolean", "object", "array"};
    json_.BeginObject().Field("type", kTypes[static_cast<int>(schema.type)]);
    if (!schema.format.empty()) json_.Field("format", schema.format);
    if (schema.nullable) json_.Field("nullable", true);
    if (!schema.pattern.empty()) json_.Field("pattern", PatternNamed(schema.pattern).expression);
    if (schema.minimum) json_.Field("minimum", *schema.minimum);
    if (schema.maximum) json_.Field("maximum", *schema.maximum);
    if (schema.default_boolean) json_.Field("default", *schema.default_boolean);
    if (schema.minimum_count > 0)
      json_.Field(schema.type == SchemaType::kArray ? "minItems" : "minLength",
                  schema.minimum_count);
    if (!schema.allowed.empty()) {
      json_.Key("enum").BeginArray();
      for (const std::string_view value : schema.allowed) json_.String(value);
      json_.EndArray();
    }
    if (schema.items) {
      json_.Key("items");
      WriteSchema(*schema.items);
    }
    if (schema.additional) {
      json_.Key("additionalProperties");
      WriteSchema(*schema.additional);
    }
    Properties(schema);
    json_.EndObject();
  }

  void Properties(const Schema& schema) {
    if (schema.properties.empty()) return;
    json_.Key("properties").BeginObject();
    for (const SchemaProperty& property : schema.properties) {
      json_.Key(property.name);
      WriteSchema(*property.schema);
    }
    json_.EndObject();
    if (std::none_of(schema.properties.begin(), schema.properties.end(),
                     [](const SchemaProperty& p) { return p.required; }))
      return;
    json_.Key("required").BeginArray();
    for (const SchemaProperty& property : schema.properties)
      if (property.required) json_.String(property.name);
    json_.EndArray();
  }

  SchemaSet& schemas_;
  std::string text_;
  JsonWriter json_{&text_};
};

}  // namespace

std::string OpenApiDocument(SchemaSet& schemas) { return Writer(schemas).Document(); }

}  // namespace tarn::rest
