// Any bytes as calls of what scripts can call: which function, and with which odd values. A script
// ends within its limits, whatever it calls; sanitizers see what else happens.
//
// The script below reads the bytes. Each call takes one for the function, out of all modules and of
// what earlier calls returned, one for the number of arguments, and some for each of these.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "hooks/lua/script.h"

namespace tarn::hooks::lua {
namespace {

constexpr size_t kOutputBytesMax = 1 << 16;

constexpr const char* kSource = R"lua(
local data, at = args.data, 0
local byte, sub, pack, unpack = string.byte, string.sub, table.pack, table.unpack
local pcall, type, next, sort = pcall, type, next, table.sort
local function take()
  at = at + 1
  return byte(data, at) or 0
end

-- All functions there are, in one order.
local functions, seen = {}, {}
local function collect(from, depth)
  local names = {}
  for name, value in next, from do
    if type(name) == "string" and (type(value) == "function" or type(value) == "table") then
      names[#names + 1] = name
    end
  end
  sort(names)
  for _, name in next, names do
    local value = from[name]
    if type(value) == "function" and not seen[value] and #functions < 250 then
      seen[value] = true
      functions[#functions + 1] = value
    elseif type(value) == "table" and depth > 0 and not seen[value] then
      seen[value] = true
      collect(value, depth - 1)
    end
  end
end
for _, name in next, {
    "aws", "azure", "crypto/aes", "crypto/hmac", "crypto/sha256", "databricks", "encoding/base64",
    "encoding/hex", "encoding/json", "encoding/parquet", "encoding/yaml", "encoding/z85enc",
    "formats", "gcloud", "hook", "lakefs", "lakefs/catalogexport/delta_exporter",
    "lakefs/catalogexport/glue_exporter", "lakefs/catalogexport/hive",
    "lakefs/catalogexport/internal", "lakefs/catalogexport/symlink_exporter",
    "lakefs/catalogexport/table_extractor", "lakefs/catalogexport/unity_exporter", "net/http",
    "net/url", "path", "regexp", "strings", "time", "uuid"} do
  collect(require(name), 0)
end
for _, name in next, {"string", "table", "math", "bit32", "debug", "package"} do
  collect(_G[name], 0)
end
collect(_G, 0)

local ring = {}
ring.ring = ring
local odd = {
  "", "/", "a/b", "\0", "%", "%zz", "\255\254", "https://a.b/c", "gs://b/k", "2006-01-02", "(a+)+$",
  "[", "{", "{}", "[1]", "key: [1, *x]", "AAAA", "zz", "UTC", "Europe/Berlin", "MMMMMMMMMMMMMMMM",
  "local://a/b", "main", "tables/t", '{"type":"authorized_user","client_id":"a",' ..
  '"client_secret":"b","refresh_token":"c"}', ("x"):rep(1000), 0, -1, 1, 2 ^ 31, -2 ^ 31, 2 ^ 53,
  2 ^ 63, 1e308, -1e308, 0 / 0, 1 / 0, 0.5, true, false, {}, array({}), array({1, "a", {}}), ring,
  {1, 2, 3}, {["a"] = {["b"] = {}}}, {method = "PUT", url = "http://a/b", headers = {a = "b"}},
  {hour = 1e300}, setmetatable({}, {__index = error, __tostring = error, __len = error}),
  setmetatable({}, {_is_array = true}), function(...) return ... end, error, action, args,
  {prefix = "a", indent = "  "}, {from = "a", to = "b"}, {commit_id = "c", repository_id = "r",
  storage_namespace = "local://b/r", branch_id = "main", event_type = "post-commit"}}

local results = {}
local function argument()
  local kind = take()
  if kind < 8 then return nil end
  if kind < 120 then return odd[kind % #odd + 1] end
  if kind < 160 then return results[take() % (#results + 1)] end
  if kind < 180 then return take() - 128 end
  if kind < 190 then return {argument(), argument(), a = argument()} end
  local size = take() % 64
  local text = sub(data, at + 1, at + size)
  at = at + size
  return text
end

for _ = 1, 60 do
  if at >= #data then break end
  local call = functions[take() % #functions + 1]
  local given, count = {}, take() % 7
  for i = 1, count do given[i] = argument() end
  local got = pack(pcall(call, unpack(given, 1, count)))
  for i = 2, got.n do
    if #results < 200 and got[i] ~= nil then results[#results + 1] = got[i] end
    if type(got[i]) == "table" then pcall(collect, got[i], 1) end
  end
end
)lua";

/// Answers that are made of the bytes, too: the second half of them, cut into pieces.
class Answers {
 public:
  explicit Answers(std::string_view bytes) : rest_(bytes) {}

  std::string Next() {
    static constexpr const char* kUsual[] = {
        "",
        "{}",
        "[]",
        R"({"results":[],"pagination":{"has_more":true,"next_offset":"x"}})",
        R"({"results":[{"path":"tables/t/_delta_log/00000000000000000000.json",)"
        R"("path_type":"object"}],"pagination":{"has_more":false}})",
        R"({"results":[{"path":"t/_delta_log/00000000000000000003.checkpoint.parquet",)"
        R"("path_type":"object"}],"pagination":{"has_more":false}})",
        R"({"protocol":{"minReaderVersion":1}})"
        "\n"
        R"({"metaData":{}})"
        "\n"
        R"({"add":{"path":"a%20b"}})",
        "name: t\ntype: delta\npath: tables/t\ncatalog: c\n",
        R"({"physical_address":"local://x/y"})",
        R"({"access_token":"t","expires_in":60})",
        "<a><Key>k</Key></a>"};
    const size_t kind = Byte();
    if (kind < 200) return kUsual[kind % std::size(kUsual)];
    const std::string_view piece = rest_.substr(0, Byte() * 4);
    rest_.remove_prefix(piece.size());
    return std::string(piece);
  }
  int Status() {
    static constexpr int kStatuses[] = {200, 200, 200, 204, 404, 500};
    return kStatuses[Byte() % std::size(kStatuses)];
  }

 private:
  size_t Byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  std::string_view rest_;
};

class FuzzServer final : public Server {
 public:
  explicit FuzzServer(Answers& answers) : answers_(answers) {}
  Answer Call(const Request&) override { return {answers_.Status(), answers_.Next()}; }

 private:
  Answers& answers_;
};

class FuzzNetwork final : public Network {
 public:
  explicit FuzzNetwork(Answers& answers) : answers_(answers) {}
  Result<Answer> Do(const Request& request, const std::function<bool()>&) override {
    TARN_CHECK(request.timeout_ms > 0);
    const int status = answers_.Status();
    if (status == 500) return Status(Code::kIo, "EOF");
    return Answer{
        status, std::to_string(status), {{"x-ms-error-code", "BlobNotFound"}}, answers_.Next()};
  }

 private:
  Answers& answers_;
};

void RunBytes(std::string_view bytes) {
  Answers answers(bytes.substr(bytes.size() / 2));
  FuzzServer server(answers);
  FuzzNetwork network(answers);
  size_t printed = 0;
  Script script;
  script.source = kSource;
  script.args = Json(Json::Object{{"data", Json(bytes.substr(0, bytes.size() / 2))}});
  script.action = Json(Json::Object{{"commit_id", Json("c")}, {"branch_id", Json("main")}});
  script.limits = {.wall = std::chrono::milliseconds(300),
                   .cpu = std::chrono::milliseconds(200),
                   .memory_bytes = 8 << 20,
                   .output_bytes = kOutputBytesMax};
  script.server = &server;
  script.network = &network;
  script.networking = true;
  script.output = [&printed](std::string_view text) {
    printed += text.size();
    return Status();
  };
  const Status status = lua::Run(script);
  TARN_CHECK(printed <= kOutputBytesMax);
  TARN_CHECK(status.ok() || !status.message().empty());
}

}  // namespace
}  // namespace tarn::hooks::lua

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tarn::hooks::lua::RunBytes({reinterpret_cast<const char*>(data), size});
  return 0;
}
