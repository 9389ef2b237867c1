// Module `lakefs`: the API of the server itself, as the user whose call the hook belongs to. Errors
// of the API are answers, not errors of the script.
#include <cmath>

#include "codec/json_writer.h"
#include "codec/url.h"
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"

namespace tarn::hooks::lua {
namespace {

constexpr size_t kValueBytes = 64;

using QueryPairs = std::vector<std::pair<std::string, std::string>>;

using Request = Server::Request;

/// Texts and numbers of the arguments of a call, one after the other; those from some place on may
/// be left out, and are asked for by what is there.
class Arguments {
 public:
  explicit Arguments(Call& call) : call_(call) {}

  /// A text that must be there.
  Status Take(std::string_view* text) {
    TARN_TRY_ASSIGN(*text, call_.Text(++index_));
    return {};
  }
  /// A segment of the path.
  Status Segment(std::string* path, std::string_view before) {
    TARN_TRY_ASSIGN(const std::string_view text, call_.Text(++index_));
    path->append(before).append(EscapePathSegment(text));
    return {};
  }
  Status Text(const char* name, QueryPairs* query) {
    if (!call_.Has(++index_)) return {};
    TARN_TRY_ASSIGN(const std::string_view text, call_.Text(index_));
    query->emplace_back(name, text);
    return {};
  }
  Status Number(const char* name, QueryPairs* query) {
    if (!call_.Has(++index_)) return {};
    TARN_TRY_ASSIGN(const int64_t number, call_.Integer(index_));
    query->emplace_back(name, std::to_string(number));
    return {};
  }
  void Truth(const char* name, QueryPairs* query) {
    if (call_.Has(++index_)) query->emplace_back(name, call_.IsTrue(index_) ? "true" : "false");
  }
  int index() const { return index_; }

 private:
  Call& call_;
  int index_ = 0;
};

Server::Answer Send(Call& call, const Request& request) {
  return call.host().script().server->Call(request);
}

/// Returns status and body as text.
Status ReturnRaw(Call& call, const Request& request) {
  Server::Answer answer = Send(call, request);
  TARN_TRY(call.Allow(answer.body.size()));
  call.Return(static_cast<double>(answer.status));
  call.Return(std::move(answer.body));
  return {};
}

/// Returns status and document, the latter if there is one.
Status ReturnDocument(Call& call, const Request& request) {
  const Server::Answer answer = Send(call, request);
  call.Return(static_cast<double>(answer.status));
  if (answer.body.empty()) return {};
  const size_t bytes_max = call.host().script().limits.memory_bytes;
  TARN_TRY_ASSIGN(Json document, ParseJson(answer.body, {.bytes_max = bytes_max,
                                                         .values_max = bytes_max / kValueBytes}));
  call.Return(std::move(document));
  return {};
}

/// "/repositories/R<middle>X" of the first two arguments.
Status Begin(Arguments* arguments, std::string_view middle, Request* request) {
  TARN_TRY(arguments->Segment(&request->path, "/repositories/"));
  return arguments->Segment(&request->path, middle);
}

/// list_objects(repo, ref[, after[, prefix[, delimiter[, amount[, user_metadata]]]]])
Status ListObjects(Call& call) {
  Request request;
  Arguments arguments(call);
  TARN_TRY(Begin(&arguments, "/refs/", &request));
  request.path += "/objects/ls";
  TARN_TRY(arguments.Text("after", &request.query));
  TARN_TRY(arguments.Text("prefix", &request.query));
  TARN_TRY(arguments.Text("delimiter", &request.query));
  TARN_TRY(arguments.Number("amount", &request.query));
  arguments.Truth("user_metadata", &request.query);
  return ReturnDocument(call, request);
}

Status ObjectPath(Arguments* arguments, Request* request) {
  std::string_view path;
  TARN_TRY(arguments->Take(&path));
  request->query.emplace_back("path", path);
  return {};
}

/// get_object(repo, ref, path)
Status GetObject(Call& call) {
  Request request;
  Arguments arguments(call);
  TARN_TRY(Begin(&arguments, "/refs/", &request));
  request.path += "/objects";
  TARN_TRY(ObjectPath(&arguments, &request));
  return ReturnRaw(call, request);
}

/// stat_object(repo, ref, path[, user_metadata])
Status StatObject(Call& call) {
  Request request;
  Arguments arguments(call);
  TARN_TRY(Begin(&arguments, "/refs/", &request));
  request.path += "/objects/stat";
  TARN_TRY(ObjectPath(&arguments, &request));
  arguments.Truth("user_metadata", &request.query);
  return ReturnRaw(call, request);
}

/// diff_refs(repo, left, right[, after[, prefix[, delimiter[, amount]]]])
Status DiffRefs(Call& call) {
  Request request;
  Arguments arguments(call);
  TARN_TRY(Begin(&arguments, "/refs/", &request));
  TARN_TRY(arguments.Segment(&request.path, "/diff/"));
  TARN_TRY(arguments.Text("after", &request.query));
  TARN_TRY(arguments.Text("prefix", &request.query));
  TARN_TRY(arguments.Text("delimiter", &request.query));
  TARN_TRY(arguments.Number("amount", &request.query));
  return ReturnDocument(call, request);
}

/// diff_branch(repo, branch[, after[, amount[, prefix[, delimiter]]]])
Status DiffBranch(Call& call) {
  Request request;
  Arguments arguments(call);
  TARN_TRY(Begin(&arguments, "/branches/", &request));
  request.path += "/diff";
  TARN_TRY(arguments.Text("after", &request.query));
  TARN_TRY(arguments.Number("amount", &request.query));
  TARN_TRY(arguments.Text("prefix", &request.query));
  TARN_TRY(arguments.Text("delimiter", &request.query));
  return ReturnDocument(call, request);
}

/// create_tag(repo, ref, id)
Status CreateTag(Call& call) {
  Request request{.method = "POST"};
  Arguments arguments(call);
  std::string_view ref, id;
  TARN_TRY(arguments.Segment(&request.path, "/repositories/"));
  TARN_TRY(arguments.Take(&ref));
  TARN_TRY(arguments.Take(&id));
  request.path += "/tags";
  JsonWriter(&request.body).BeginObject().Field("id", id).Field("ref", ref).EndObject();
  return ReturnDocument(call, request);
}

/// update_object_user_metadata(repo, branch, path, metadata)
Status UpdateMetadata(Call& call) {
  Request request{.method = "PUT"};
  Arguments arguments(call);
  TARN_TRY(Begin(&arguments, "/branches/", &request));
  request.path += "/objects/stat/user_metadata";
  TARN_TRY(ObjectPath(&arguments, &request));
  TARN_TRY_ASSIGN(const Json metadata, call.Table(arguments.index() + 1));
  if (!metadata.is_object()) return {Code::kInvalidValue, "metadata must not be a list"};
  JsonWriter writer(&request.body);
  writer.BeginObject().Key("set").BeginObject();
  for (const auto& [name, value] : metadata.members()) {
    if (!value.is_string() && !value.is_number()) {
      return {Code::kInvalidValue,
              "value for key '" + name + "' should be a string: cannot pull go type into lua"};
    }
    writer.DataKey(name).String(value.is_string() ? value.string()
                                                  : NumberText(value.AsDouble().value_or(NAN)));
  }
  writer.EndObject().EndObject();
  return ReturnDocument(call, request);
}

constexpr Function kFunctions[] = {
    {"create_tag", Native<CreateTag>},
    {"diff_branch", Native<DiffBranch>},
    {"diff_refs", Native<DiffRefs>},
    {"get_object", Native<GetObject>},
    {"list_objects", Native<ListObjects>},
    {"stat_object", Native<StatObject>},
    {"update_object_user_metadata", Native<UpdateMetadata>},
};

}  // namespace

std::span<const Function> LakefsModule() { return kFunctions; }

}  // namespace tarn::hooks::lua
