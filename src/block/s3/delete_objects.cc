#include "block/s3/delete_objects.h"

#include <algorithm>
#include <utility>

#include "block/s3/answers.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/utf8.h"

namespace tarn::block::s3 {
namespace {

constexpr size_t kKeysMax = 1000;

/// XML 1.0 has no way to write some characters; they would become others, of other keys.
bool CanBeInDocument(std::string_view key) {
  for (std::string_view rest = key; !rest.empty();) {
    const Rune rune = FirstRune(rest);
    const bool is_control = rune.value < 0x20 || rune.value == 0xfffe || rune.value == 0xffff;
    if (!rune.valid || is_control) return false;
    rest.remove_prefix(rune.length);
  }
  return true;
}

Status DeleteBatch(Client& client, std::string_view bucket, std::span<const std::string> keys) {
  const std::string document = WriteDeleteRequest(keys);
  TARN_TRY_ASSIGN(const std::string body,
                  client.Call({.operation = "DeleteObjects",
                               .method = "POST",
                               .place = {bucket, ""},
                               .query = {{"delete", ""}},
                               .headers = {{"Content-Type", "application/xml"},
                                           {"Content-MD5", EncodeBase64(AsView(Md5(document)))}},
                               .body = document}));
  return ReadDeleteAnswer(body, bucket);
}

}  // namespace

Status DeleteObject(Client& client, const Place& place) {
  Status status = ToStatus(client.Call({.operation = "DeleteObject",
                                        .method = "DELETE",
                                        .place = place,
                                        .query = {{"x-id", "DeleteObject"}}}));
  return status.code() == Code::kDataNotFound ? Status() : status;
}

Status DeleteObjects(Client& client, std::string_view bucket, std::span<const std::string> keys) {
  if (keys.size() == 1) return DeleteObject(client, {bucket, keys.front()});
  std::vector<std::string> batch;
  for (const std::string& key : keys) {
    if (!CanBeInDocument(key)) {
      TARN_TRY(DeleteObject(client, {bucket, key}));
      continue;
    }
    batch.push_back(key);
    if (batch.size() < kKeysMax) continue;
    TARN_TRY(DeleteBatch(client, bucket, batch));
    batch.clear();
  }
  return batch.empty() ? Status() : DeleteBatch(client, bucket, batch);
}

}  // namespace tarn::block::s3
