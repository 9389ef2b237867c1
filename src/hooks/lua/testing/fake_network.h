// A network of one server that answers as the routes of a recorded group say, and remembers what it
// was asked. Level 7, tests only.
#pragma once

#include <fnmatch.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "hooks/lua/script.h"
#include "http/message.h"

namespace tarn::hooks::lua::testing {

class FakeNetwork : public Network {
 public:
  static constexpr std::string_view kBase = "http://127.0.0.1:9";

  std::vector<Request> requests;

  /// `routes` as in group.json; borrowed.
  void SetRoutes(const Json* routes) { routes_ = routes; }
  void Forget() {
    requests.clear();
    uses_.clear();
  }

  static std::string_view HeaderOf(const Request& request, std::string_view name) {
    for (const auto& [key, value] : request.headers) {
      if (http::EqualsIgnoreCase(key, name)) return value;
    }
    return {};
  }
  /// What follows the server's name, up to the query, and the query.
  static std::string PathOf(const Request& request) {
    const std::string target = TargetOf(request);
    return target.substr(0, target.find('?'));
  }
  static std::string QueryOf(const Request& request) {
    const std::string target = TargetOf(request);
    const size_t mark = target.find('?');
    return mark == std::string::npos ? "" : target.substr(mark + 1);
  }

  Result<Answer> Do(const Request& request, const std::function<bool()>&) override {
    if (!request.url.starts_with(kBase)) {
      return Status(Code::kIo, "dial tcp: connect: connection refused");
    }
    requests.push_back(request);
    if (routes_ == nullptr) return Answer{.status = 404};
    for (size_t i = 0; i < routes_->items().size(); ++i) {
      const Json& route = routes_->items()[i];
      if (Fits(route, request)) return AnswerOf(route, &uses_[i]);
    }
    return Answer{.status = 200, .status_text = "200 OK"};
  }

 private:
  static std::string TargetOf(const Request& request) {
    const std::string target = request.url.substr(kBase.size());
    return target.empty() ? "/" : target;
  }
  static bool Fits(const Json& route, const Request& request) {
    const std::string pattern(route.StringAt("path").value_or("*"));
    const std::string target(HeaderOf(request, "X-Amz-Target"));
    return fnmatch(pattern.c_str(), PathOf(request).c_str(), 0) == 0 &&
           route.StringAt("method").value_or(request.method) == request.method &&
           route.StringAt("target").value_or(target) == target &&
           QueryOf(request).find(route.StringAt("query").value_or("")) != std::string::npos &&
           request.body.find(route.StringAt("contains").value_or("")) != std::string::npos;
  }
  /// The next answer of a route, the last one again and again.
  static Result<Answer> AnswerOf(const Json& route, size_t* uses) {
    const Json::Array& answers = route.Find("answers")->items();
    const Json& given = answers[std::min((*uses)++, answers.size() - 1)];
    if (const auto close = given.StringAt("close")) {
      return Status(Code::kIo, *close == "before" ? "EOF" : "unexpected EOF");
    }
    Answer answer;
    answer.status = static_cast<int>(given.IntAt("status").value_or(200));
    answer.status_text =
        std::to_string(answer.status) + (answer.status == 404 ? " Not Found" : " OK");
    answer.body = given.Find("json") != nullptr ? ToJsonText(*given.Find("json"))
                                                : std::string(given.StringAt("body").value_or(""));
    if (const Json* const headers = given.Find("headers")) {
      for (const auto& [name, value] : headers->members()) {
        if (value.is_string()) answer.headers.emplace_back(name, value.string());
        if (!value.is_array()) continue;
        for (const Json& item : value.items()) answer.headers.emplace_back(name, item.string());
      }
    }
    return answer;
  }

  const Json* routes_ = nullptr;
  std::map<size_t, size_t> uses_;
};

}  // namespace tarn::hooks::lua::testing
