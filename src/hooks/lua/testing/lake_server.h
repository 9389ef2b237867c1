// A server with objects in one ref, as far as scripts of tests ask for them: listings in pages,
// properties, contents, and nothing else. Level 7, tests only.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/digest.h"
#include "codec/hex.h"
#include "codec/json_writer.h"
#include "hooks/lua/script.h"

namespace tarn::hooks::lua::testing {

class LakeServer : public Server {
 public:
  std::map<std::string, std::string> objects;  ///< By path.

  Answer Call(const Request& request) override {
    const std::string& path = request.path;
    const auto get = [&query = request.query](std::string_view name) -> std::string {
      for (const auto& [key, value] : query) {
        if (key == name) return value;
      }
      return {};
    };
    if (path.ends_with("/objects/ls")) {
      const std::string amount = get("amount");
      return List(get("prefix"), get("after"), amount.empty() ? 100 : std::stoul(amount));
    }
    const auto found = objects.find(get("path"));
    if (found == objects.end()) return {404, "{\"message\":\"not found\"}\n"};
    if (path.ends_with("/objects")) return {200, found->second};
    if (!path.ends_with("/objects/stat")) return {404, "{\"message\":\"not found\"}\n"};
    Answer answer{200, ""};
    JsonWriter json(&answer.body);
    WriteStat(found->first, found->second, &json);
    return answer;
  }

 private:
  static void WriteStat(std::string_view path, std::string_view content, JsonWriter* json) {
    json->BeginObject()
        .Field("path", path)
        .Field("path_type", "object")
        .Field("physical_address", "local://store/address")
        .Field("checksum", ToHex(AsView(Md5(content))))
        .Field("size_bytes", static_cast<int64_t>(content.size()))
        .EndObject();
  }

  Answer List(const std::string& prefix, const std::string& after, size_t amount) const {
    Answer answer{200, ""};
    JsonWriter json(&answer.body);
    json.BeginObject().Key("results").BeginArray();
    std::string last;
    size_t count = 0;
    bool has_more = false;
    for (auto at = objects.lower_bound(prefix); at != objects.end(); ++at) {
      const auto& [path, content] = *at;
      if (!path.starts_with(prefix)) break;
      if (path <= after) continue;
      has_more = count == amount;
      if (has_more) break;
      ++count;
      last = path;
      WriteStat(path, content, &json);
    }
    json.EndArray().Key("pagination").BeginObject();
    json.Field("has_more", has_more).Field("next_offset", has_more ? last : "").EndObject();
    json.EndObject();
    return answer;
  }
};

}  // namespace tarn::hooks::lua::testing
