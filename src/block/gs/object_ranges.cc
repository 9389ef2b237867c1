#include "block/gs/object_ranges.h"

#include "http/http_date.h"

namespace tarn::block::gs {

Result<std::optional<StoredObject>> Stat(Client& client, const Location& location) {
  const auto body = client.Call({.operation = "objects.get",
                                 .place = location.place(),
                                 .path = ObjectPath(location.place()),
                                 .query = {{"fields", std::string(kObjectFields)}}});
  if (body.code() == Code::kDataNotFound) return std::optional<StoredObject>();
  TARN_TRY(body.status());
  TARN_TRY_ASSIGN(StoredObject object, ReadObject(*body));
  return std::optional(std::move(object));
}

Result<std::unique_ptr<Answer>> GsRanges::Get(const std::string& range,
                                              const std::string& entity_tag) {
  Request request{.operation = "read",
                  .place = location_.place(),
                  .path = BytesPath(location_.place()),
                  .headers = {{"Accept-Encoding", "gzip"}}};
  if (!range.empty()) request.headers.emplace_back("Range", range);
  if (!entity_tag.empty()) request.headers.emplace_back("x-goog-if-generation-match", entity_tag);
  if (!encryption_.has_customer_key()) return client_.Send(request);
  Request keyed = request;
  encryption_.AddKeyTo(&keyed.headers);
  auto answer = client_.Send(keyed);
  // An object of somebody else's, or from before there was a key.
  if (answer.code() == Code::kInvalidValue) return client_.Send(request);
  return answer;
}

Result<std::optional<ObjectProperties>> GsRanges::Stat() {
  TARN_TRY_ASSIGN(const auto object, gs::Stat(client_, location_));
  if (!object) return std::optional<ObjectProperties>();
  ObjectProperties properties = object->properties();
  // In whole seconds, as answers with the bytes tell it.
  properties.last_modified.nanos = 0;
  return std::optional(std::move(properties));
}

Result<ObjectProperties> GsRanges::ReadHead(const Answer& answer, int64_t size) {
  const auto modified = http::ParseHttpDate(answer.Get("Last-Modified"));
  const std::string_view generation = answer.Get("x-goog-generation");
  if (!modified || !http::ReadSize(generation)) {
    return Status(Code::kIo, name() + ": Last-Modified or x-goog-generation is missing or wrong");
  }
  return ObjectProperties{size, {*modified, 0}, std::string(generation)};
}

std::string GsRanges::name() const { return "GCS answer about " + TextOf(location_.place()); }

}  // namespace tarn::block::gs
