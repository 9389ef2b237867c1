// Clients of a scripted server, and its answers as Cloud Storage gives them. Header only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "block/gs/client.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "http/testing/scripted_server.h"

namespace tarn::block::gs {

using http::Asked;
using http::RetryAtOnce;
using http::ScriptedServer;

/// The account of the conformance tests of Google's own libraries: a documented key, good for
/// nothing else.
inline constexpr std::string_view kExampleAccount =
    R"J({)J"
    R"J("type": "service_account",)J"
    R"J("project_id": "dummy-project-id",)J"
    R"J("private_key_id": "ffffffffffffffffffffffffffffffffffffffff",)J"
    R"J("private_key": "-----BEGIN PRIVATE KEY-----\nMIIEvAIBADANBgkqhkiG9w0BAQEFAASCB)J"
    R"J(KYwggSiAgEAAoIBAQCsPzMirIottfQ2\nryjQmPWocSEeGo7f7Q4/tMQXHlXFzo93AGgU2t+clEj9L)J"
    R"J(5loNhLVq+vk+qmnyDz5\nQ04y8jVWyMYzzGNNrGRW/yaYqnqlKZCy1O3bmnNjV7EDbC/jE1ZLBY0U3)J"
    R"J(HaSHfn6\nS9ND8MXdgD0/ulRTWwq6vU8/w6i5tYsU7n2LLlQTl1fQ7/emO9nYcCFJezHZVa0H\nmeW)J"
    R"J(sdHwWsok0skwQYQNIzP3JF9BpR5gJT2gNge6KopDesJeLoLzaX7cUnDn+CAnn\nLuLDwwSsIVKyVxh)J"
    R"J(BFsFXPplgpaQRwmGzwEbf/Xpt9qo26w2UMgn30jsOaKlSeAX8\ncS6ViF+tAgMBAAECggEACKRuJCP)J"
    R"J(8leEOhQziUx8Nmls8wmYqO4WJJLyk5xUMUC22\nSI4CauN1e0V8aQmxnIc0CDkFT7qc9xBmsMoF+yv)J"
    R"J(obbeKrFApvlyzNyM7tEa/exh8\nDGD/IzjbZ8VfWhDcUTwn5QE9DCoon9m1sG+MBNlokB3OVOt8Lie)J"
    R"J(AAREdEBG43kJu\nyQTOkY9BGR2AY1FnAl2VZ/jhNDyrme3tp1sW1BJrawzR7Ujo8DzlVcS2geKA9at)J"
    R"J(7\n55ua5GbHz3hfzFgjVXDfnkWzId6aHypUyqHrSn1SqGEbyXTaleKTc6Pgv0PgkJjG\nhZazWWdSu)J"
    R"J(f1T5Xbs0OhAK9qraoAzT6cXXvMEvvPt6QKBgQDXcZKqJAOnGEU4b9+v\nOdoh+nssdrIOBNMu1m8mY)J"
    R"J(bUVYS1aakc1iDGIIWNM3qAwbG+yNEIi2xi80a2RMw2T\n9RyCNB7yqCXXVKLBiwg9FbKMai6Vpk2bW)J"
    R"J(IrzahM9on7AhCax/X2AeOp+UyYhFEy6\nUFG4aHb8THscL7b515ukSuKb5QKBgQDMq+9PuaB0eHsrm)J"
    R"J(L6q4vHNi3MLgijGg/zu\nAXaPygSYAwYW8KglcuLZPvWrL6OG0+CrfmaWTLsyIZO4Uhdj7MLvX6yK7)J"
    R"J(IMnagvk\nL3xjgxSklEHJAwi5wFeJ8ai/1MIuCn8p2re3CbwISKpvf7Sgs/W4196P4vKvTiAz\njcT)J"
    R"J(iSYFIKQKBgCjMpkS4O0TakMlGTmsFnqyOneLmu4NyIHgfPb9cA4n/9DHKLKAT\noaWxBPgatOVWs7R)J"
    R"J(gtyGYsk+XubHkpC6f3X0+15mGhFwJ+CSE6tN+l2iF9zp52vqP\nQwkjzm7+pdhZbmaIpcq9m1K+9lq)J"
    R"J(PWJRz/3XXuqi+5xWIZ7NaxGvRjqaNAoGAdK2b\nutZ2y48XoI3uPFsuP+A8kJX+CtWZrlE1NtmS7tn)J"
    R"J(icdd19AtfmTuUL6fz0FwfW4Su\nlQZfPT/5B339CaEiq/Xd1kDor+J7rvUHM2+5p+1A54gMRGCLRv9)J"
    R"J(2FQ4EON0RC1o9\nm2I4SHysdO3XmjmdXmfp4BsgAKJIJzutvtbqlakCgYB+Cb10z37NJJ+WgjDt+yT)J"
    R"J(2\nyUNH17EAYgWXryfRgTyi2POHuJitd64Xzuy6oBVs3wVveYFM6PIKXlj8/DahYX5I\nR2WIzoCNL)J"
    R"J(L3bEZ+nC6Jofpb4kspoAeRporj29SgesK6QBYWHWX2H645RkRGYGpDo\n51gjy9m/hSNqBbH2zmh04)J"
    R"J(A==\n-----END PRIVATE KEY-----\n",)J"
    R"J("client_email": "test-iam-credentials@dummy-project-id.iam.gserviceaccount.com)J"
    R"J(",)J"
    R"J("token_uri": "https://oauth2.googleapis.com/token")J"
    R"J(})J";

inline http::Response JsonAnswer(std::string text, int status = 200) {
  http::Response response;
  response.status = status;
  response.Add("Content-Type", "application/json");
  response.body = std::move(text);
  return response;
}

inline http::Response Refuse(int status, const std::string& reason) {
  return JsonAnswer(R"({"error":{"code":)" + std::to_string(status) +
                        R"(,"message":"why","errors":[{"reason":")" + reason + R"("}]}})",
                    status);
}

/// An object of those bytes, as its properties are told.
inline std::string ObjectJson(std::string_view key, std::string_view bytes, int generation) {
  return R"({"name":")" + std::string(key) + R"(","size":")" + std::to_string(bytes.size()) +
         R"(","updated":"2013-05-24T00:00:00.123Z","generation":")" + std::to_string(generation) +
         R"(","md5Hash":")" + EncodeBase64(AsView(Md5(bytes))) + "\"}";
}

/// Another token with each call.
class TestTokens : public TokenSource {
 public:
  explicit TestTokens(int* fetched = nullptr) : fetched_(fetched) {}
  Result<std::optional<Token>> Fetch() override {
    const int number = fetched_ == nullptr ? 1 : ++*fetched_;
    return std::optional(Token{"token-" + std::to_string(number), {}});
  }

 private:
  int* const fetched_;
};

inline http::ClientOptions TestTransport() {
  http::ClientOptions options;
  options.stall_timeout_ms = 5000;
  return options;
}

}  // namespace tarn::block::gs
