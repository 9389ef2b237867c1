// Hooks that ask a server: a POST with the event, which succeeds with a status of 200 to 299.
#include <map>

#include "codec/url.h"
#include "fmt/format.h"
#include "hooks/action.h"
#include "hooks/hook_http.h"
#include "hooks/hook_types.h"

namespace tarn::hooks {
namespace {

using Texts = std::multimap<std::string, SubstitutedText>;

Status WrongFormat(std::string_view what) {
  return {Code::kInternal, std::string(what) + ": webhook wrong format"};
}

class Webhook final : public Hook {
 public:
  static Result<std::unique_ptr<Hook>> Make(const HookParts& parts) {
    auto webhook = std::make_unique<Webhook>(parts);
    const Json& properties = parts.hook.properties;
    const auto url = properties.StringAt("url");
    if (!url) return WrongFormat("webhook url must be string");
    webhook->url_ = *url;
    if (const Json* const given = properties.Find("query_params")) {
      auto read = ReadParameters(*given, parts);
      if (!read.ok()) return std::move(read).status().Prefixed("extracting query params: ");
      webhook->parameters_ = *std::move(read);
    }
    TARN_TRY_ASSIGN(webhook->timeout_ms_, ReadTimeoutMs(properties, "webhook request duration: "));
    if (const Json* const given = properties.Find("headers")) {
      auto read = ReadHeaders(*given, parts);
      if (!read.ok()) return std::move(read).status().Prefixed("extracting headers: ");
      webhook->headers_ = *std::move(read);
    }
    return std::unique_ptr<Hook>(std::move(webhook));
  }

  explicit Webhook(const HookParts& parts)
      : services_(parts.services), action_name_(parts.action_name), hook_id_(parts.hook.id) {}

  Status Run(const Event& event, HookOutput& output,
             const std::function<bool()>& is_cancelled) override {
    auto url = ParseHookUrl(url_);
    output.Append("Request:\nPOST " + ShownUrl(url, output) + "\n");
    TARN_TRY(url.status());
    output.Append("Query Params:\n");
    Print(parameters_, output);
    output.Append("Headers:\n");
    Texts headers = headers_;
    headers.erase("Content-Type");
    headers.emplace("Content-Type", SubstitutedText{"application/json"});
    Print(headers, output);
    HookRequest request{.method = "POST",
                        .url = *std::move(url),
                        .headers = {},
                        .body = EventJson(event, action_name_, hook_id_),
                        .timeout_ms = timeout_ms_};
    output.Append("Request Body:\n" + request.body + "\n\n");
    request.url.query = WithParameters(request.url.query);
    for (const auto& [name, text] : headers) request.headers.emplace_back(name, text.value);
    TARN_TRY_ASSIGN(const http::GuardedAnswer answer,
                    SendHookRequest(services_, std::move(request), output, is_cancelled));
    if (answer.status >= 200 && answer.status < 300) return {};
    return {Code::kIo, fmt::format("webhook request failed (status code: {})", answer.status)};
  }

 private:
  static Result<SubstitutedText> Read(const Json& text, const HookParts& parts,
                                      std::string_view what) {
    auto read = Substitute(text.string(), parts.services.environment, parts.masker);
    if (!read.ok()) return std::move(read).status().Prefixed("reading " + std::string(what) + ": ");
    return read;
  }

  static Result<Texts> ReadParameters(const Json& given, const HookParts& parts) {
    if (!given.is_object()) return WrongFormat("unsupported query params");
    Texts texts;
    for (const auto& [name, value] : given.members()) {
      if (!value.is_array() && !value.is_string()) {
        return WrongFormat("query params single value should be of type string");
      }
      const Json::Array one = value.is_array() ? value.items() : Json::Array{value};
      for (const Json& item : one) {
        if (!item.is_string())
          return WrongFormat("query params array should contains only strings");
        TARN_TRY_ASSIGN(SubstitutedText text, Read(item, parts, "query param"));
        // As it stands in addresses, which errors name.
        if (text.is_secret) parts.masker->Add(EscapeQuery(text.value));
        texts.emplace(name, std::move(text));
      }
    }
    return texts;
  }

  static Result<Texts> ReadHeaders(const Json& given, const HookParts& parts) {
    if (!given.is_object()) return WrongFormat("unsupported headers");
    Texts texts;
    for (const auto& [name, value] : given.members()) {
      if (!value.is_string()) return WrongFormat("headers array should contains only strings");
      TARN_TRY_ASSIGN(SubstitutedText text, Read(value, parts, "header"));
      texts.emplace(name, std::move(text));
    }
    return texts;
  }

  static void Print(const Texts& texts, HookOutput& output) {
    for (const auto& [name, text] : texts) {
      output.Append(fmt::format("{}: {}\n", name, text.shown()));
    }
  }

  /// As it is written, but for its password, which is a secret from here on.
  std::string ShownUrl(const Result<HookUrl>& url, HookOutput& output) const {
    if (!url.ok() || !url->user_info) return url_;
    const size_t colon = url->user_info->find(':');
    if (colon == std::string::npos) return url_;
    output.masker().Add(url->Credentials()->substr(colon + 1));
    std::string shown = url_;
    const size_t at = shown.find(*url->user_info);
    if (at == std::string::npos) return shown;
    return shown.replace(at + colon + 1, url->user_info->size() - colon - 1, kMasked);
  }

  std::string WithParameters(std::string_view query) const {
    std::multimap<std::string, std::string> all;
    const Query given(query);
    for (const auto& [name, value] : given.pairs()) all.emplace(name, value);
    for (const auto& [name, text] : parameters_) all.emplace(name, text.value);
    std::string text;
    for (const auto& [name, value] : all) {
      text += (text.empty() ? "" : "&") + EscapeQuery(name) + "=" + EscapeQuery(value);
    }
    return text;
  }

  const HookServices& services_;
  const std::string action_name_, hook_id_;
  std::string url_;
  Texts parameters_, headers_;
  int64_t timeout_ms_ = 0;
};

}  // namespace

Result<std::unique_ptr<Hook>> MakeWebhook(const HookParts& parts) { return Webhook::Make(parts); }

}  // namespace tarn::hooks
