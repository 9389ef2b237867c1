#include "server/settings.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "server/duration.h"
#include "server/settings_file.h"

namespace tarn::server {
namespace {

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() {
    std::string pattern = testing::TempDir() + "settings-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    options_.home = directory_ + "/home";
    options_.data_directory = directory_ + "/data";
    options_.environment = [this](const char* name) -> const char* {
      const auto found = environment_.find(name);
      return found == environment_.end() ? nullptr : found->second.c_str();
    };
  }
  ~SettingsTest() override { std::filesystem::remove_all(directory_); }

  void File(const std::string& text) {
    options_.file = directory_ + "/config.yaml";
    std::ofstream(*options_.file) << text;
  }
  Result<LoadedSettings> Load() { return LoadSettings(options_, *random_); }
  std::string Error() {
    const auto loaded = Load();
    return loaded.ok() ? "loaded" : std::string(loaded.status().message());
  }

  std::string directory_;
  std::map<std::string, std::string> environment_;
  LoadOptions options_;
  std::unique_ptr<Random> random_ = SeededRandom(7);
};

constexpr const char* kMinimal =
    "database: {type: local}\nauth: {encrypt: {secret_key: s}}\nblockstore: {type: local}\n";

TEST_F(SettingsTest, WithoutAFileEverythingLivesInTheDataDirectory) {
  const auto loaded = Load();
  ASSERT_TRUE(loaded.ok()) << loaded.status().message();
  const Settings& settings = loaded->settings;
  EXPECT_TRUE(loaded->embedded);
  EXPECT_EQ(settings.GetText("listen_address"), "127.0.0.1:8000");
  EXPECT_EQ(settings.GetText("database.local.path"), options_.data_directory + "/kv");
  EXPECT_EQ(settings.GetList("blockstore.local.allowed_external_prefixes"),
            std::vector<std::string>{"/"});
  EXPECT_EQ(settings.GetText("auth.encrypt.secret_key").size(), 40U);
  struct stat facts;
  ASSERT_EQ(::stat((options_.data_directory + "/secrets.yaml").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
  const auto again = Load();
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->settings.GetText("auth.encrypt.secret_key"),
            settings.GetText("auth.encrypt.secret_key"));
}

TEST_F(SettingsTest, NoImportsByDefaultOnceTheNetworkCanReachUs) {
  environment_["TARN_LISTEN_ADDRESS"] = "0.0.0.0:8000";
  const auto loaded = Load();
  ASSERT_TRUE(loaded.ok());
  EXPECT_TRUE(loaded->settings.GetList("blockstore.local.allowed_external_prefixes").empty());
}

TEST_F(SettingsTest, PrecedenceIsFlagThenEnvironmentThenFileThenDefault) {
  File(std::string(kMinimal) + "listen_address: file:1\nlogging: {level: WARN, format: json}\n");
  environment_["LAKEFS_LISTEN_ADDRESS"] = "env:2";
  environment_["LAKEFS_LOGGING_LEVEL"] = "ERROR";
  environment_["TARN_LOGGING_LEVEL"] = "DEBUG";
  environment_["LAKEFS_LOGGING_FORMAT"] = "";
  options_.overrides["listen_address"] = "flag:3";
  const auto loaded = Load();
  ASSERT_TRUE(loaded.ok()) << loaded.status().message();
  EXPECT_EQ(loaded->settings.GetText("listen_address"), "flag:3");
  EXPECT_EQ(loaded->settings.GetText("logging.level"), "DEBUG");
  EXPECT_EQ(loaded->settings.GetText("logging.format"), "json");
  EXPECT_EQ(loaded->settings.GetText("database.local.path"), options_.home + "/lakefs/metadata");
  EXPECT_FALSE(loaded->embedded);
}

TEST_F(SettingsTest, UnknownKeysAreNamed) {
  File(std::string(kMinimal) + "auht: {x: 1}\nlogging: {levle: x}\n");
  EXPECT_EQ(Error(),
            "bad configuration: " + *options_.file + " has invalid keys: auht.x, logging.levle");
}

TEST_F(SettingsTest, RequiredKeys) {
  File("blockstore: {type: local}\n");
  EXPECT_EQ(Error(),
            "bad configuration: missing required keys: [database.type auth.encrypt.secret_key]");
  File("database: {type: local}\nauth: {encrypt: {secret_key: s}}\n");
  EXPECT_EQ(Error(), "'blockstore.type: bad configuration: missing required keys");
}

TEST_F(SettingsTest, TypesFromFileAndEnvironment) {
  File(
      "database: {type: local}\nblockstore: {type: local}\n"
      "LOGGING: {Files_Keep: '12', trace_request_headers: 'true', output: [a, '=']}\n"
      "auth: {encrypt: {secret_key: 123}, login_duration: 36h, "
      "oidc: {validate_id_token_claims: {a: b}}}\n"
      "gateways: {s3: {domain_name: 'x.io, y.io'}}\ntls:\nstats: {enabled: false}\n"
      "ui: {snippets: [{id: a, code: b}]}\n");
  environment_["LAKEFS_BLOCKSTORE_LOCAL_ALLOWED_EXTERNAL_PREFIXES"] = R"(["/a","/b"])";
  environment_["LAKEFS_AUTH_OIDC_DEFAULT_INITIAL_GROUPS"] = "one";
  environment_["LAKEFS_AUTH_COOKIE_AUTH_VERIFICATION_VALIDATE_ID_TOKEN_CLAIMS"] = "k = v,l=w";
  const auto loaded = Load();
  ASSERT_TRUE(loaded.ok()) << loaded.status().message();
  const Settings& settings = loaded->settings;
  using List = std::vector<std::string>;
  using Map = std::map<std::string, std::string>;
  EXPECT_EQ(settings.GetInt("logging.files_keep"), 12);
  EXPECT_TRUE(settings.GetBool("logging.trace_request_headers"));
  EXPECT_EQ(settings.GetList("logging.output"), (List{"a", "="}));
  EXPECT_EQ(settings.GetText("auth.encrypt.secret_key"), "123");
  EXPECT_EQ(settings.GetDurationMs("auth.login_duration"), 36 * 3600 * 1000);
  EXPECT_EQ(settings.GetMap("auth.oidc.validate_id_token_claims"), (Map{{"a", "b"}}));
  EXPECT_EQ(settings.GetList("gateways.s3.domain_name"), (List{"x.io", "y.io"}));
  EXPECT_EQ(settings.GetList("blockstore.local.allowed_external_prefixes"), (List{"/a", "/b"}));
  EXPECT_EQ(settings.GetList("auth.oidc.default_initial_groups"), List{"one"});
  EXPECT_EQ(settings.GetMap("auth.cookie_auth_verification.validate_id_token_claims"),
            (Map{{"k", "v"}, {"l", "w"}}));
}

TEST_F(SettingsTest, BadValuesNameTheKey) {
  const std::map<std::string, std::string> cases = {
      {"logging: {files_keep: many}",
       R"(bad configuration: logging.files_keep: expected a whole number, not "many")"},
      {"tls: {enabled: maybe}",
       R"(bad configuration: tls.enabled: expected true or false, not "maybe")"},
      {"logging: {level: [a]}", "bad configuration: logging.level: a list does not fit here"},
      {"logging: {level: {a: b}}", "bad configuration: logging.level: expected a value, not a map"},
      {"gateways: {s3: {domain_name: [x.io, a.x.io]}}",
       "bad configuration: domain names are prefixes: x.io, a.x.io"},
      {"gateways: {s3: {fallback_url: 'proxy:9000'}}",
       "bad configuration: gateways.s3.fallback_url must be an http:// or https:// URL without "
       "user, query and fragment, not \"proxy:9000\""},
      {"auth: {encrypt: {secret_key: s}, ui_config: {rbac: rbac}}",
       "bad configuration: auth.ui_config.rbac: there is no rbac; use none, simplified, internal "
       "or external"},
      {"auth: {encrypt: {secret_key: s}, ui_config: {rbac: external}}",
       "bad configuration: cannot set auth.ui_config.rbac to external without setting an external "
       "auth service; name one by auth.api.endpoint, or set auth.ui_config.rbac to internal and "
       "features.local_rbac to true, and users are kept here"},
      {"auth: {encrypt: {secret_key: s}, ui_config: {rbac: simplified}}\n"
       "features: {local_rbac: false}",
       "bad configuration: cannot set auth.ui_config.rbac to simplified without setting an "
       "external auth service; name one by auth.api.endpoint, or set auth.ui_config.rbac to "
       "internal and features.local_rbac to true, and users are kept here"},
      {"auth: {encrypt: {secret_key: s}, ui_config: {rbac: internal}, api: {endpoint: a:80/api}}",
       "bad configuration: auth.api.endpoint must be an http:// or https:// URL without user, "
       "query and fragment"},
      {"auth: {encrypt: {secret_key: s}, remote_authenticator: {enabled: true}}",
       "bad configuration: auth.remote_authenticator: endpoint is empty: invalid configuration"},
      {"auth: {encrypt: {secret_key: s}, remote_authenticator: {enabled: true, endpoint: "
       "http://a/, "
       "request_timeout: 0s}}",
       "bad configuration: auth.remote_authenticator.request_timeout must be positive"},
      {"committed: {local_cache: {range_proportion: 0.8}}",
       "bad configuration: committed.local_cache: range_proportion and metarange_proportion must "
       "sum to 1"},
      {"committed: {local_cache: {range_proportion: 1.5, metarange_proportion: -0.5}}",
       "bad configuration: committed.local_cache: range_proportion and metarange_proportion must "
       "sum to 1"},
      {"committed: {local_cache: {size_bytes: -1}}",
       "bad configuration: committed.local_cache.size_bytes must not be negative; 0 keeps nothing"},
      {"committed: {local_cache: {max_uploaders_per_writer: 0}}",
       "bad configuration: committed.local_cache.max_uploaders_per_writer must be at least 1"},
      {"tls: {enabled: true}",
       "bad configuration: tls.enabled needs tls.cert_file and tls.key_file"},
  };
  for (const auto& [text, message] : cases) {
    File(std::string(kMinimal) + text + "\n");
    EXPECT_EQ(Error(), message);
  }
}

TEST_F(SettingsTest, AMissingFileIsNamed) {
  options_.file = directory_ + "/nowhere.yaml";
  EXPECT_EQ(Error(),
            "Failed to find a config file: open " + *options_.file + ": No such file or directory");
  options_.file = directory_;
  EXPECT_EQ(Error(), "Failed to find a config file: open " + directory_ + ": Is a directory");
}

TEST_F(SettingsTest, SecretsAreNotDescribed) {
  const auto loaded = Load();
  ASSERT_TRUE(loaded.ok());
  for (const auto& line : loaded->settings.Describe(Settings::Describing::kAll)) {
    EXPECT_EQ(line.find(loaded->settings.GetText("auth.encrypt.secret_key")), std::string::npos);
    if (line.starts_with("auth.encrypt.secret_key=")) {
      EXPECT_TRUE(line.ends_with("=******"));
    } else if (line.starts_with("auth.api.token=")) {
      EXPECT_TRUE(line.ends_with("=------"));
    }
  }
}

TEST_F(SettingsTest, QuickstartRefusesOtherStores) {
  options_.profile = Profile::kQuickstart;
  EXPECT_EQ(Error(), "loaded");
  environment_["LAKEFS_INSTALLATION_USER_NAME"] = "other";
  EXPECT_EQ(Error(), "FATAL: installation parameters must not be changed in quickstart mode");
  environment_["LAKEFS_DATABASE_TYPE"] = "postgres";
  EXPECT_EQ(Error(), "FATAL: quickstart mode can only run with local settings");
}

TEST(Duration, GoSyntax) {
  EXPECT_EQ(ParseDuration("300ms"), 300'000'000);
  EXPECT_EQ(ParseDuration("1h30m"), 5'400'000'000'000);
  EXPECT_EQ(ParseDuration("-1.5s"), -1'500'000'000);
  EXPECT_EQ(ParseDuration("2\xc2\xb5s"), 2000);
  EXPECT_EQ(ParseDuration("7"), 7);
  for (const char* bad : {"", "-", "h", "1x", "1h-3m", "1.2.3s", "1e9h", "1h1", "99999999h"}) {
    EXPECT_EQ(ParseDuration(bad), std::nullopt) << bad;
  }
}

TEST(Documentation, NamesEveryKey) {
  std::ifstream file("docs/operating/configuration.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(text.empty()) << "run from the top of the project";
  for (const KeySpec& key : AllKeys()) {
    const std::string value =
        key.default_text.empty() ? "  " : " `" + std::string(key.default_text) + "` ";
    EXPECT_NE(text.find("| `" + std::string(key.name) + "` |" + value + "| "), std::string::npos)
        << key.name;
  }
}

TEST(ConfigFile, HostileDocuments) {
  for (const char* text : {"[", "- a", "a: *b", "\x01", "? [a, b]\n: c", "{{}: 1}", "text"}) {
    EXPECT_FALSE(ParseConfig(text, "f").ok()) << text;
  }
  EXPECT_TRUE(ParseConfig("", "f").ok());
  EXPECT_TRUE(ParseConfig("{\"listen_address\": \"x:1\"}", "f").ok());
}

}  // namespace
}  // namespace tarn::server
