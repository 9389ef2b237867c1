#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/client_settings.h"
#include "cli/command.h"
#include "cli/format.h"
#include "cli/session.h"
#include "cli/uri.h"

namespace tarn::cli {
namespace {

TEST(Uri, Parts) {
  const auto parse = [](const char* text) {
    const auto uri = ParseUri(text);
    if (!uri.ok()) return std::string(uri.status().message());
    return uri->repository + "|" + uri->ref + "|" + uri->path.value_or("(none)");
  };
  EXPECT_EQ(parse("lakefs://r"), "r||(none)");
  EXPECT_EQ(parse("lakefs://r/"), "r||(none)");
  EXPECT_EQ(parse("lakefs://r/b"), "r|b|(none)");
  EXPECT_EQ(parse("lakefs://r/b/"), "r|b|");
  EXPECT_EQ(parse("lakefs://r/main~1/a//b%20c?q#f"), "r|main~1|a//b c");
  EXPECT_EQ(parse("http://r/b"), "malformed lakefs URI");
  EXPECT_EQ(parse("lakefs://u@r/b"), "malformed lakefs URI");
  EXPECT_EQ(parse("lakefs://r/b/%zz"), "malformed lakefs URI");
}

TEST(Uri, Checks) {
  const auto message = [](const Result<LakeUri>& uri) {
    return uri.ok() ? uri->ToString() : std::string(uri.status().message());
  };
  EXPECT_EQ(message(ParseRepositoryUri("repository URI", "lakefs://repo/")), "lakefs://repo");
  EXPECT_EQ(message(ParseRepositoryUri("repository URI", "lakefs://")),
            "repository URI missing repository part: not a valid repo URI");
  EXPECT_EQ(message(ParseRepositoryUri("repository URI", "lakefs://Repo")),
            "repository URI contains invalid repository name (repo=Repo): not a valid repo URI");
  EXPECT_EQ(message(ParseRepositoryUri("repository URI", "lakefs://repo/main")),
            "repository URI includes a ref part (ref=main): not a valid repo URI");
  EXPECT_EQ(message(ParseRefUri("ref URI", "lakefs://repo")),
            "ref URI missing reference part: not a valid ref URI");
  EXPECT_EQ(message(ParseRefUri("ref URI", "lakefs://repo/main/a")),
            "ref URI includes a path part (path=a): not a valid ref URI");
  EXPECT_EQ(message(ParseBranchUri("branch URI", "lakefs://repo/main~1")),
            "branch URI contains invalid branch name: not a valid branch URI");
  EXPECT_EQ(message(ParsePathUri("path URI", "lakefs://repo/main")),
            "path URI missing path part: not a valid path URI");
  EXPECT_EQ(message(ParsePathUri("path URI", "lakefs://repo/main/a/b")), "lakefs://repo/main/a/b");
  EXPECT_EQ(message(ParsePathUri("path URI", "nothing")), "path URI malformed lakefs URI");
}

TEST(Format, Values) {
  EXPECT_EQ(FormatBytes(999), "999 B");
  EXPECT_EQ(FormatBytes(1000), "1.0 kB");
  EXPECT_EQ(FormatBytes(1'500'000'000), "1.5 GB");
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(1'234'567), "1,234,567");
  EXPECT_EQ(FormatElapsed(4200), "4.2 s");
  EXPECT_EQ(FormatElapsed(187'000), "3 min 07 s");
}

class ClientSettingsTest : public testing::Test {
 protected:
  ClientSettingsTest() {
    std::string pattern = testing::TempDir() + "cli-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    sources_.home = directory_;
    sources_.data_directory = directory_ + "/data";
    std::filesystem::create_directory(sources_.data_directory);
    sources_.environment = [this](const char* name) -> const char* {
      const auto found = environment_.find(name);
      return found == environment_.end() ? nullptr : found->second.c_str();
    };
  }
  ~ClientSettingsTest() override { std::filesystem::remove_all(directory_); }

  static void Write(const std::string& path, const std::string& key) {
    std::ofstream(path) << CredentialsFileText({"http://" + key, key, "secret"});
  }
  std::string Found() {
    const auto settings = FindClientSettings(sources_);
    if (!settings.ok()) return std::string(settings.status().message());
    return settings->access_key_id + " at " + settings->endpoint;
  }

  std::string directory_;
  std::map<std::string, std::string> environment_;
  ClientSources sources_;
};

TEST_F(ClientSettingsTest, OneFileCounts) {
  EXPECT_TRUE(Found().starts_with("no credentials: give --access-key-id")) << Found();
  Write(sources_.data_directory + kCredentialsFile, "data");
  EXPECT_EQ(Found(), "data at http://data/api/v1");
  Write(directory_ + "/.lakectl.yaml", "home");
  EXPECT_EQ(Found(), "home at http://home/api/v1");
  sources_.data_named = true;
  EXPECT_EQ(Found(), "data at http://data/api/v1");
  std::filesystem::remove(sources_.data_directory + kCredentialsFile);
  EXPECT_TRUE(Found().starts_with("no credentials: ")) << "not those of another server";
  Write(directory_ + "/other.yaml", "other");
  sources_.config_file = directory_ + "/other.yaml";
  EXPECT_EQ(Found(), "other at http://other/api/v1");
  sources_.config_file = directory_ + "/missing.yaml";
  EXPECT_EQ(Found(), "error reading configuration file: open " + sources_.config_file +
                         ": no such file or directory");
}

TEST_F(ClientSettingsTest, OptionsBeatEnvironmentBeatsFile) {
  Write(directory_ + "/.lakectl.yaml", "home");
  environment_["LAKECTL_CREDENTIALS_ACCESS_KEY_ID"] = "env";
  EXPECT_EQ(Found(), "env at http://home/api/v1");
  sources_.access_key_id = "option";
  sources_.server = "localhost:9";
  EXPECT_EQ(Found(), "option at http://localhost:9/api/v1");
}

TEST(Endpoint, IsCompleted) {
  EXPECT_EQ(NormalEndpoint("http://h:1"), "http://h:1/api/v1");
  EXPECT_EQ(NormalEndpoint("http://h:1/"), "http://h:1/api/v1");
  EXPECT_EQ(NormalEndpoint("https://h/lake/api"), "https://h/lake/api");
  EXPECT_EQ(NormalEndpoint("h:1"), "http://h:1/api/v1");
}

// Commands of the command line parser's tests; the last one that ran.
std::string ran;
class Probe : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("what", &what_, "").Text("--name", &name_, "").Flag("-x", &flag_, "");
  }
  Status Run(Session& session) override {
    ran = what_ + "," + name_ + "," + (flag_ ? "x" : "-") + "," + session.options().config;
    return what_ == "fail" ? Status(Code::kInternal, "asked to fail") : Status();
  }

 private:
  std::string what_, name_;
  bool flag_ = false;
};

int Call(std::vector<std::string> words) {
  ran.clear();
  words.insert(words.begin(), "tarn");
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  constexpr CommandRow kRow = {"probe deep", "For tests",
                               [] { return std::unique_ptr<Command>(std::make_unique<Probe>()); }};
  return Main(static_cast<int>(pointers.size()), pointers.data(), {&kRow, 1}, "1.2.3");
}

TEST(CommandLine, OptionsGoBeforeAndAfterTheCommand) {
  EXPECT_EQ(Call({"--config", "f", "probe", "deep", "w", "--name", "n", "-x"}), 0);
  EXPECT_EQ(ran, "w,n,x,f");
  EXPECT_EQ(Call({"probe", "deep", "w", "--config", "g"}), 0);
  EXPECT_EQ(ran, "w,,-,g");
}

TEST(CommandLine, ExitStatus) {
  EXPECT_EQ(Call({"probe", "deep", "fail"}), 1);
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{},
                                                {"probe"},
                                                {"nothing"},
                                                {"probe", "deep"},
                                                {"probe", "deep", "w", "--unknown"},
                                                {"probe", "deep", "w", "surplus"}}) {
    EXPECT_EQ(Call(wrong), 2);
    EXPECT_EQ(ran, "");
  }
  EXPECT_EQ(Call({"--version"}), 0);
  EXPECT_EQ(Call({"probe", "deep", "--help"}), 0);
}

}  // namespace
}  // namespace tarn::cli
