// Tests over TLS, with a certificate made here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include "http/client.h"
#include "http/testing/certificate.h"
#include "http/testing/test_server.h"

namespace tarn::http {
namespace {

using testing::HasSubstr;

class PatternSource : public BodySource {
 public:
  explicit PatternSource(int64_t size) : left_(size) {}
  Result<size_t> Read(std::span<char> out) override {
    const auto step =
        static_cast<size_t>(std::min<int64_t>(left_, static_cast<int64_t>(out.size())));
    std::fill_n(out.data(), step, 'p');
    left_ -= static_cast<int64_t>(step);
    return step;
  }

 private:
  int64_t left_;
};

void AddRoutes(TestServer* server) {
  server->Route("/text", [] {
    Script script;
    script.try_inline = true;
    script.answer = [](const RequestHead& head, std::string_view) {
      return Text(head.tls ? "secure" : "open");
    };
    return script;
  });
  server->Route("/upload", [] {
    Script script;
    script.plan = BodyPlan::kStreamed;
    auto bytes = std::make_shared<size_t>(0);
    script.consume = [bytes](std::span<const char> piece) -> std::optional<Response> {
      *bytes += piece.size();
      return std::nullopt;
    };
    script.answer = [bytes](const RequestHead&, std::string_view) {
      return Text(std::to_string(*bytes));
    };
    return script;
  });
  server->Route("/file", [] {
    Script script;
    script.answer = [](const RequestHead&, std::string_view) {
      Response response;
      FILE* const file = std::tmpfile();
      const std::string content(3'000'000, 'f');
      std::fwrite(content.data(), 1, content.size(), file);
      std::fflush(file);
      response.body = FileBody{std::shared_ptr<void>(file, [file](void*) { std::fclose(file); }),
                               ::fileno(file), 100, 2'999'000};
      return response;
    };
    return script;
  });
  server->Route("/stream", [] {
    Script script;
    script.answer = [](const RequestHead&, std::string_view) {
      Response response;
      response.body = StreamBody{std::make_unique<PatternSource>(2'000'000), std::nullopt};
      return response;
    };
    return script;
  });
}

TEST(TlsTest, ServesEverythingOverTls) {
  const Certificate certificate;
  TestServer server({.tls = certificate.options()});
  AddRoutes(&server);
  const std::string base = "https://127.0.0.1:" + std::to_string(server.port());
  Client client({.ca_file = certificate.certificate_file()});
  for (int round = 0; round < 3; ++round) {
    const auto first = client.Do({.url = base + "/text"});
    ASSERT_TRUE(first.ok()) << first.status().ToString();
    EXPECT_EQ(first->body, "secure");
    EXPECT_EQ(client.Do({.url = base + "/file"})->body, std::string(2'999'000, 'f'));
    EXPECT_EQ(client.Do({.url = base + "/stream"})->body, std::string(2'000'000, 'p'));
    EXPECT_EQ(
        client.Do({.method = "PUT", .url = base + "/upload", .body = std::string(3'000'000, 'u')})
            ->body,
        "3000000");
    PatternSource source(5'000'000);
    EXPECT_EQ(client.Do({.method = "PUT", .url = base + "/upload", .source = &source})->body,
              "5000000");
  }
}

TEST(TlsTest, RefusesOldVersionsAndUnknownCertificates) {
  const Certificate certificate;
  TestServer server({.tls = certificate.options()});
  AddRoutes(&server);
  const std::string url = "https://127.0.0.1:" + std::to_string(server.port()) + "/text";
  Client distrusting;
  EXPECT_EQ(distrusting.Do({.url = url}).code(), Code::kIo);
  Client trusting({.verify_tls = false});
  EXPECT_EQ(trusting.Do({.url = url})->body, "secure");

  RawClient raw(server.port());
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
  SSL* const tls = SSL_new(context);
  SSL_set_fd(tls, raw.fd());
  EXPECT_NE(SSL_connect(tls), 1);
  SSL_free(tls);
  SSL_CTX_free(context);
}

TEST(TlsTest, TellsPlainClientsToUseHttps) {
  const Certificate certificate;
  TestServer server({.tls = certificate.options()});
  RawClient client(server.port());
  client.Send(Get("/text"));
  EXPECT_THAT(client.ReadAll(), HasSubstr("https://"));
}

TEST(TlsTest, EndsSlowHandshakes) {
  const Certificate certificate;
  TestServer server({.tls = certificate.options(), .head_timeout_ms = 150});
  RawClient client(server.port());
  EXPECT_TRUE(client.AtEnd());
}

TEST(TlsTest, ExplainsBadFiles) {
  const Certificate one;
  const Certificate two;
  TestServer plain;
  runtime::WorkerPool pool({.name = "test", .threads = 1});
  const auto error = [&](const std::string& certificate, const std::string& key) {
    Server server({.port = 0, .tls = TlsOptions{certificate, key}}, plain, OnePool(pool));
    return std::string(server.Start().message());
  };
  EXPECT_THAT(error("/nowhere/c.pem", one.key_file()),
              HasSubstr("cannot use the TLS certificate file /nowhere/c.pem: No such file"));
  EXPECT_THAT(error(one.certificate_file(), one.certificate_file()),
              HasSubstr("cannot use the TLS key file " + one.certificate_file()));
  EXPECT_THAT(error(one.certificate_file(), two.key_file()), HasSubstr("does not belong"));
  EXPECT_EQ(error(one.certificate_file(), one.key_file()), "");
}

}  // namespace
}  // namespace tarn::http
