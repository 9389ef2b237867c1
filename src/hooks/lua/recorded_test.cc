// What scripts printed in the reference (conformance/hooks) is what they print here, but for what
// allow.json accepts and for wording that nobody relies on.
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "codec/testing/golden_data.h"
#include "codec/utf8.h"
#include "hooks/lua/testing/fake_network.h"
#include "hooks/lua/testing/lake_server.h"
#include "hooks/lua/testing/script_run.h"

namespace tarn::hooks::lua {
namespace {

constexpr std::string_view kFolder = "conformance/hooks/";

const std::string kCommit(64, 'c');
const std::string kRepository = "some-repo";

using Lines = std::vector<std::string>;

Json MustParse(const std::string& text) {
  auto value = ParseJson(text);
  EXPECT_TRUE(value.ok()) << value.status().ToString();
  return value.ok() ? *std::move(value) : Json();
}

Lines Split(std::string_view text) {
  Lines lines;
  for (;;) {
    const size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

/// A line without what differs between implementations of the language.
std::string Softened(std::string line) {
  const auto replace = [&line](const char* pattern, const char* replacement) {
    re2::RE2::GlobalReplace(&line, pattern, replacement);
  };
  replace(R"(\b(table|function): (?:builtin: )?(?:0x)?[0-9a-fA-F]{6,16}\b)", R"(\1: (pointer))");
  replace(R"(bad argument #-?\d+ to '[^']*')", "bad argument");
  replace(R"((attempt to [a-z ]+?) (?:local|global|field|upvalue|method|constant) '[^']*' )"
          R"(\(an? (\w+) value\))",
          R"(\1 a \2 value)");
  replace(R"(attempt to compare '?(\w+)'? with '?(\w+)'?)", R"(attempt to compare \1 with \2)");
  replace(R"(attempt to compare two '?(\w+)'? values)", R"(attempt to compare two \1 values)");
  replace(R"((syntax error: .*?:\d+:) .*)", R"(\1)");
  replace(R"(<address-\d+>)", "<address>");
  if (line.starts_with("wording: ") && line.size() > 9) line = "wording: ";
  return line;
}

/// The positions in Lua source of a stack trace, which begins at a line; takes its lines.
Lines TakeTrace(const Lines& lines, size_t* i) {
  Lines positions;
  bool is_cut = false;
  std::string source, number;
  while (*i + 1 < lines.size() && lines[*i + 1].starts_with("\t")) {
    const std::string& line = lines[++*i];
    is_cut = is_cut || line.starts_with("\t...");
    if (re2::RE2::PartialMatch(line, R"(^\t(\S+ ?\S*?):(\d+): in )", &source, &number)) {
      positions.push_back(source + ":" + number);
    }
  }
  if (is_cut && positions.size() > 6) {
    positions.erase(positions.begin() + 5, positions.end() - 1);
  }
  return positions;
}

Lines Canonical(const Lines& lines) {
  Lines out;
  for (size_t i = 0; i < lines.size(); ++i) {
    out.push_back(Softened(lines[i]));
    if (lines[i].ends_with("stack traceback:")) {
      for (std::string& position : TakeTrace(lines, &i)) out.push_back(std::move(position));
    }
  }
  return out;
}

/// The rules of allow.json, and our own.
class Allowed {
 public:
  Allowed() {
    AddRules(ReadGolden(std::string(kFolder) + "allow.json").value_or("{}"));
    std::ifstream ours("tests/conformance/hook_allow.json");
    AddRules({std::istreambuf_iterator<char>(ours), {}});
  }

  bool Accepts(const std::string& scenario, const std::string& step, const std::string& pointer,
               const std::string& value) const {
    for (const Json& rule : rules_) {
      if (rule.StringAt("scenario") != scenario) continue;
      if (!Fits(*rule.StringAt("step"), step)) continue;
      for (const auto& [key, accepted] : rule.Find("accept")->members()) {
        if (Fits(key, pointer) && IsAccepted(accepted, value)) return true;
      }
    }
    return false;
  }

 private:
  void AddRules(const std::string& text) {
    const Json document = MustParse(text);
    if (document.Find("rules") == nullptr) return;
    for (const Json& rule : document.Find("rules")->items()) rules_.push_back(rule);
  }
  static bool Fits(std::string_view pattern, std::string_view text) {
    return pattern == text ||
           (pattern.ends_with('*') && text.starts_with(pattern.substr(0, pattern.size() - 1)));
  }
  static bool IsAccepted(const Json& accepted, const std::string& value) {
    if (accepted.is_string()) return accepted.string() == "any";
    if (accepted.is_object()) {
      const std::string pattern(*accepted.StringAt("matches"));
      constexpr std::string_view kNot = "^(?!";  // The one look-ahead that is in use.
      if (!pattern.starts_with(kNot)) return re2::RE2::PartialMatch(value, pattern);
      const size_t end = pattern.find(')');
      return !re2::RE2::PartialMatch(value, "^(?:" + pattern.substr(4, end - 4) + ")") &&
             re2::RE2::PartialMatch(value, "^" + pattern.substr(end + 1));
    }
    return std::any_of(accepted.items().begin(), accepted.items().end(),
                       [&](const Json& one) { return one.is_string() && one.string() == value; });
  }

  Json::Array rules_;
};

Json ActionTable(const std::string& name, const std::string& event) {
  const bool is_post = event.starts_with("post-");
  const auto text = [](std::string value) { return Json(std::move(value)); };
  const std::string& id = kCommit;
  Json::Object commit = {
      {"creation_date", text("2024-01-02T03:04:05Z")},
      {"message", text("run " + name)},
      {"meta_range_id", text(is_post ? std::string(64, 'm') : "")},
      {"metadata", Json(Json::Object())},
      {"parents", Json(Json::Array{text(id)})},
      {"version", Json(int64_t{1})},
  };
  return Json(Json::Object{
      {"action_name", text(name)},
      {"branch_id", text("s-" + name)},
      {"commit", Json(std::move(commit))},
      {"commit_id", text(is_post ? id : "")},
      {"event_type", text(event)},
      {"hook_id", text("script")},
      {"merge_source", text("")},
      {"pre_run_id", text(is_post ? "pppppppppppppppppppp" : "")},
      {"repository_id", text(kRepository)},
      {"run_id", text("rrrrrrrrrrrrrrrrrrrr")},
      {"source_ref", text(is_post ? id : "s-" + name)},
      {"storage_namespace", text("local://conformance/" + kRepository)},
      {"tag_id", text("")},
  });
}

/// Puts the files of a recorded folder below a path.
void AddTree(const std::string& folder, const std::string& path, testing::LakeServer* server) {
  for (const std::string& name : ListGolden(folder)) {
    const bool is_file =
        name.find('.') != std::string::npos || name == "_SUCCESS" || name == "_last_checkpoint";
    if (is_file) {
      server->objects[path + "/" + name] = ReadGolden(folder + "/" + name).value_or("");
    } else {
      AddTree(folder + "/" + name, path + "/" + name, server);
    }
  }
}

/// "BRANCH X Y" as X and Y.
std::pair<std::string, std::string> LastWords(std::string_view text) {
  text.remove_prefix(text.find(' ') + 1);
  const size_t space = text.find(' ');
  return {std::string(text.substr(0, space)),
          space == std::string_view::npos ? "" : std::string(text.substr(space + 1))};
}

/// The objects that a group begins with.
void SetUpObjects(const Json& group, testing::LakeServer* server) {
  const Json* const setup = group.Find("setup");
  if (setup == nullptr) return;
  const std::string data = std::string(kFolder) + "data/";
  for (const Json& step : setup->items()) {
    if (const auto put = step.StringAt("put")) {
      const auto file = step.StringAt("file");
      server->objects[LastWords(*put).first] =
          file ? ReadGolden(data + std::string(*file)).value_or("")
               : std::string(step.StringAt("text").value_or(""));
    } else if (const auto tree = step.StringAt("tree")) {
      const auto [folder, path] = LastWords(*tree);
      AddTree(data + folder, path, server);
    }
  }
}

class RecordedTest : public ::testing::TestWithParam<const char*> {
 protected:
  void Check(const Json& step) {
    const std::string name(*step.StringAt("name"));
    const auto source =
        ReadGolden(std::string(kFolder) + "lua/" + GetParam() + "/" + name + ".lua");
    if (!source) return;  // The clone has not all of them.
    SCOPED_TRACE(name);
    ++checked_;
    Json options(Json::Object{});
    std::string text;
    if (re2::RE2::PartialMatch(*source, R"((?m)^-- hook: (\{.*\})$)", &text)) {
      options = MustParse(text);
    }
    testing::ScriptRun run;
    run.script.source = *source;
    run.script.username = "admin";
    run.script.server = &server_;
    run.script.args = Arguments(options);
    run.script.network = &network_;
    run.script.networking = std::string_view(GetParam()) == "http";
    network_.SetRoutes(group_.Find("endpoint"));
    network_.Forget();
    run.script.action = ActionTable(name, std::string(options.StringAt("event").value_or(
                                              group_.StringAt("event").value_or("pre-commit"))));
    const Status status = run.Run();
    Compare(name, step, WithPlaceholders(run.output));
    if (step.Find("requests") != nullptr) CompareRequests(step.Find("requests")->items());
    const bool is_completed = step.StringAt("hook") == "completed";
    if (status.ok() != is_completed) {
      EXPECT_TRUE(allowed_.Accepts(scenario(), name, "/hook", status.ok() ? "completed" : "failed"))
          << status.ToString();
    }
  }

  void Compare(const std::string& name, const Json& step, const std::string& output) {
    if (!step.Find("output")->is_array()) return;  // A size and a hash.
    Lines recorded;
    for (const Json& line : step.Find("output")->items()) recorded.push_back(line.string());
    const Lines want = Canonical(recorded), raw = Split(output), got = Canonical(raw);
    for (size_t i = 0; i < std::max(want.size(), got.size()); ++i) {
      const std::string w = i < want.size() ? want[i] : "(absent)";
      const std::string g = i < got.size() ? got[i] : "(absent)";
      if (w == g) continue;
      EXPECT_TRUE(allowed_.Accepts(scenario(), name, "/output/" + std::to_string(i), g))
          << "line " << i << "\n  expected " << w << "\n  actual   " << g;
    }
  }

  /// The arguments of a script: those of its group, and its own.
  Json Arguments(const Json& options) const {
    Json::Object arguments;
    for (const Json* from : {group_.Find("args"), options.Find("args")}) {
      if (from == nullptr) continue;
      for (const auto& [name, value] : from->members()) {
        const bool is_endpoint = value.is_string() && value.string() == "${endpoint}";
        arguments.emplace_back(name, is_endpoint ? Json(testing::FakeNetwork::kBase) : Json(value));
      }
    }
    return Json(std::move(arguments));
  }

  void CompareRequests(const Json::Array& recorded) {
    ASSERT_EQ(network_.requests.size(), recorded.size());
    for (size_t i = 0; i < recorded.size(); ++i) {
      SCOPED_TRACE("request " + std::to_string(i));
      CompareRequest(recorded[i], network_.requests[i]);
    }
  }

  void CompareRequest(const Json& want, const Network::Request& got) {
    using testing::FakeNetwork;
    EXPECT_EQ(got.method, *want.StringAt("method"));
    EXPECT_EQ(WithPlaceholders(FakeNetwork::PathOf(got)), *want.StringAt("path"));
    std::string query = FakeNetwork::QueryOf(got);
    if (query.ends_with('=')) query.pop_back();
    EXPECT_EQ(query, want.StringAt("query").value_or(""));
    EXPECT_EQ(FakeNetwork::HeaderOf(got, "X-Amz-Target"), want.StringAt("target").value_or(""));
    if (const auto type = want.Find("headers")->StringAt("content-type")) {
      EXPECT_EQ(FakeNetwork::HeaderOf(got, "Content-Type"), *type);
    }
    CompareAuthorization(*want.StringAt("authorization"),
                         FakeNetwork::HeaderOf(got, "Authorization"));
    if (const Json* const document = want.Find("json")) {
      EXPECT_EQ(WithPlaceholders(Sorted(MustParse(got.body))), Sorted(*document));
    } else if (want.Find("xml") == nullptr) {
      EXPECT_EQ(Softened(WithPlaceholders(ReplaceInvalidUtf8(got.body))),
                Softened(std::string(want.StringAt("text").value_or(""))));
    }
  }

  static void CompareAuthorization(std::string_view want, std::string_view got) {
    std::string key, region, service;
    if (want.starts_with("bearer:")) {
      EXPECT_EQ(got, "Bearer " + std::string(want.substr(7)));
    } else if (re2::RE2::FullMatch(re2::StringPiece(want.data(), want.size()),
                                   "aws:(.*):(.*):(.*):valid", &key, &region, &service)) {
      const std::string scope = "/" + region + "/" + service + "/aws4_request";
      EXPECT_NE(got.find("Credential=" + key + "/"), std::string_view::npos) << got;
      EXPECT_NE(got.find(scope), std::string_view::npos) << got;
    } else {
      EXPECT_EQ(got, "");
    }
  }

  /// A document as text, its names in order.
  static std::string Sorted(const Json& value) {
    if (value.is_array()) {
      std::string text = "[";
      for (const Json& item : value.items()) text += Sorted(item) + ",";
      return text + "]";
    }
    if (value.is_string()) return "'" + value.string() + "'";
    if (!value.is_object()) return ToJsonText(value);
    std::map<std::string, std::string> members;
    for (const auto& [name, member] : value.members()) members[name] = Sorted(member);
    std::string text = "{";
    for (const auto& [name, member] : members) text += name + ":" + member + ",";
    return text + "}";
  }

  static std::string WithPlaceholders(std::string output) {
    re2::RE2::GlobalReplace(&output, "local://conformance", "<ns>");
    re2::RE2::GlobalReplace(&output, kCommit.substr(0, 6), "<short digest>");
    re2::RE2::GlobalReplace(&output, kRepository, "<repo>");
    re2::RE2::GlobalReplace(&output, "local://store/address", "local://<store>/<address>");
    return output;
  }

  static std::string scenario() { return std::string("lua/") + GetParam(); }

  const Allowed allowed_;
  Json group_{Json::Object()};
  testing::LakeServer server_;
  testing::FakeNetwork network_;
  int checked_ = 0;
};

TEST_P(RecordedTest, Prints) {
  const auto golden = ReadGolden(std::string(kFolder) + "golden/lua/" + GetParam() + ".json");
  ASSERT_TRUE(golden) << "tests/golden lacks it";
  const std::string folder = std::string(kFolder) + "lua/" + GetParam();
  if (const auto group = ReadGolden(folder + "/group.json")) group_ = MustParse(*group);
  SetUpObjects(group_, &server_);
  const Json document = MustParse(*golden);
  for (const Json& step : document.Find("steps")->items()) {
    if (step.StringAt("hook") == "not run") continue;  // Refused before it runs.
    // The engine puts variables into arguments.
    if (scenario() == "lua/args" && step.StringAt("name")->starts_with("environment")) continue;
    if (step.StringAt("name") == "changed-tables") continue;  // The server has one ref only.
    Check(step);
  }
  EXPECT_GT(checked_, 0);
}

INSTANTIATE_TEST_SUITE_P(Groups, RecordedTest,
                         ::testing::Values("action", "args", "array", "azure", "base", "base64",
                                           "bit32", "crypto", "databricks", "debug", "delta-export",
                                           "errors", "gcloud", "glue", "hex", "http", "hive-export",
                                           "json", "math", "nohttp", "package", "parquet", "path",
                                           "regexp", "s3", "string", "strings", "table", "time",
                                           "url", "uuid", "yaml", "z85"),
                         [](const auto& group) {
                           std::string name = group.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace tarn::hooks::lua
