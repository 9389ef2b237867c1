#include "kv/postgres/testing/test_database.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>

#include "base/check.h"
#include "base/random.h"

namespace tarn::kv::postgres {
namespace {

constexpr int64_t kStepMs = 60'000;

ConnectionSettings SettingsOf(const std::string& url) {
  auto settings = ReadConnectionString(url);
  TARN_CHECK(settings.ok());
  return *std::move(settings);
}

/// The settings as keyword=value pairs, with other words in their place.
std::string Text(const ConnectionSettings& settings,
                 const std::vector<std::pair<std::string, std::string>>& instead) {
  std::string text;
  for (const auto* list : {&settings.keywords, &instead}) {
    for (const auto& [name, value] : *list) text += fmt::format("{}='{}' ", name, value);
  }
  return text;
}

}  // namespace

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

uint16_t PortOf(const std::string& url) {
  const ConnectionSettings settings = SettingsOf(url);
  const std::string_view text = settings.Find("port");
  uint16_t port = 0;
  std::from_chars(text.data(), text.data() + text.size(), port);
  TARN_CHECK(port != 0);
  return port;
}

TestDatabase* TestDatabase::OfProcess() {
  static const auto database = []() -> std::unique_ptr<TestDatabase> {
    const std::string url = Variable("TARN_PG_URL");
    if (url.empty()) return nullptr;
    return std::unique_ptr<TestDatabase>(new TestDatabase(SettingsOf(url)));
  }();
  return database.get();
}

TestDatabase::TestDatabase(ConnectionSettings server)
    : server_(std::move(server)),
      name_(fmt::format("tarn_test_{}_{}", ::getpid(), SystemRandom().Next64())) {
  RunOnServer(fmt::format("CREATE DATABASE {}", name_));
  // What tests write need not survive the machine.
  RunOnServer(fmt::format("ALTER DATABASE {} SET synchronous_commit = off", name_));
  auto session = Session::Make(OptionsFor());
  TARN_CHECK(session.ok());
  session_ = *std::move(session);
  TARN_CHECK(session_->MakeTable().ok());
}

TestDatabase::~TestDatabase() {
  session_.reset();
  RunOnServer(fmt::format("DROP DATABASE {} WITH (FORCE)", name_));
}

void TestDatabase::RunOnServer(const std::string& statement) {
  const Statements statements("kv");
  const auto connection = Connection::Open(server_, statements);
  TARN_CHECK(connection.ok());
  TARN_CHECK((*connection)->RunText(statement, Deadline(kStepMs)).ok());
}

Answer TestDatabase::Run(const std::string& statement) {
  auto connection = session_->pool().Take(Deadline(kStepMs));
  TARN_CHECK(connection.ok());
  auto answer = (*connection)->RunText(statement, Deadline(kStepMs));
  TARN_CHECK(answer.ok());
  return *std::move(answer);
}

void TestDatabase::Empty() { Run("DELETE FROM kv"); }

uint16_t TestDatabase::port() const { return PortOf(Text(server_, {})); }

Options TestDatabase::OptionsFor(std::optional<uint16_t> port, std::string_view more) const {
  std::vector<std::pair<std::string, std::string>> instead = {{"dbname", name_}};
  if (port) instead.emplace_back("port", fmt::to_string(*port));
  Options options;
  options.connection_string = Text(server_, instead) + std::string(more);
  return options;
}

}  // namespace tarn::kv::postgres
