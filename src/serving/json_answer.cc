#include "serving/json_answer.h"

namespace tarn::serving {
namespace {

constexpr std::string_view kJsonHeaders =
    "Content-Type: application/json\r\nX-Content-Type-Options: nosniff\r\n";

}  // namespace

http::Response EmptyAnswer(int status) {
  http::Response response;
  response.status = status;
  return response;
}

http::Response JsonAnswer(int status, std::string json) {
  http::Response response;
  response.status = status;
  response.headers.reserve(256);  // room for what the exchange adds
  response.headers = kJsonHeaders;
  json.push_back('\n');
  response.body = std::move(json);
  return response;
}

http::Response MessageAnswer(int status, std::string_view message) {
  JsonBuilder json;
  json.writer.BeginObject().Field("message", message).EndObject();
  return std::move(json).Answer(status);
}

}  // namespace tarn::serving
