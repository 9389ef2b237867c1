#include "block/gs/objects.h"

#include <utility>

#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/rfc3339.h"
#include "http/answer.h"

namespace tarn::block::gs {
namespace {

Status Malformed() { return {Code::kSlowDown, "the object store's answer is malformed"}; }

Result<Json> Parse(std::string_view body) {
  auto json = ParseJson(body, {.trailing = JsonTrailing::kRefuse});
  if (!json.ok() || !json->is_object()) return Malformed();
  return json;
}

Result<StoredObject> ObjectOf(const Json& json) {
  const auto size = http::ReadSize(json.StringAt("size").value_or(""));
  const auto updated = ParseRfc3339Utc(json.StringAt("updated").value_or(""));
  StoredObject object{std::string(json.StringAt("name").value_or("")),
                      size.value_or(0),
                      updated.value_or(Timestamp()),
                      std::string(json.StringAt("generation").value_or("")),
                      {}};
  if (!size || !updated || object.key.empty() || !http::ReadSize(object.generation)) {
    return Malformed();
  }
  if (const auto md5 = json.StringAt("md5Hash")) {
    const auto digest = DecodeBase64(*md5);
    if (!digest) return Malformed();
    object.md5 = ToHex(*digest);
  }
  return object;
}

}  // namespace

Result<StoredObject> ReadObject(std::string_view body) {
  TARN_TRY_ASSIGN(const Json json, Parse(body));
  return ObjectOf(json);
}

Result<remote::ListAnswer> ReadList(std::string_view body) {
  TARN_TRY_ASSIGN(const Json json, Parse(body));
  remote::ListAnswer answer;
  answer.continuation = json.StringAt("nextPageToken").value_or("");
  const Json* const items = json.Find("items");
  if (items == nullptr) return answer;
  if (!items->is_array()) return Malformed();
  answer.keys.reserve(items->items().size());
  for (const Json& item : items->items()) {
    TARN_TRY_ASSIGN(const StoredObject object, ObjectOf(item));
    answer.keys.push_back(object.listed());
  }
  return answer;
}

Result<RewriteAnswer> ReadRewrite(std::string_view body) {
  TARN_TRY_ASSIGN(const Json json, Parse(body));
  RewriteAnswer answer;
  answer.token = json.StringAt("rewriteToken").value_or("");
  const auto done = json.BoolAt("done");
  if (!done || (!*done && answer.token.empty())) return Malformed();
  if (!*done) return answer;
  const Json* const resource = json.Find("resource");
  if (resource == nullptr) return Malformed();
  TARN_TRY_ASSIGN(answer.object, ObjectOf(*resource));
  return answer;
}

}  // namespace tarn::block::gs
