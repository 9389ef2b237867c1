#include "hooks/action.h"

#include "versioning/testing/world.h"

namespace tarn::hooks {
namespace {

const std::string kRest =
    "on:\n  pre-commit:\nhooks:\n  - id: ok\n    type: lua\n    properties: {script: print(1)}\n";

TEST(ActionTest, Reads) {
  const auto action = ParseAction(
      "name: a name\ndescription: 5\nextra: {a: [b]}\n"
      "on:\n  pre-merge:\n    branches: [main, 'v*', 1]\n  post-create-tag:\n"
      "hooks:\n  - null\n  - id: first\n    type: webhook\n    description: d\n    if: false\n"
      "    properties:\n      url: http://h/\n      number: 0x10\n      other: 1_000\n"
      "      float: 1.50\n      list: [true, ~, 'true', \"1\", 2024-01-02]\n");
  ASSERT_TRUE(action.ok()) << action.status().message();
  EXPECT_EQ(action->name, "a name");
  EXPECT_EQ(action->description, "5");
  ASSERT_EQ(action->on.size(), 2u);
  EXPECT_EQ(action->on[0].first, "pre-merge");
  EXPECT_EQ(action->on[0].second, (std::vector<std::string>{"main", "v*", "1"}));
  EXPECT_TRUE(action->on[1].second.empty());
  ASSERT_EQ(action->hooks.size(), 1u);
  const ActionHook& hook = action->hooks[0];
  EXPECT_EQ(hook.id, "first");
  EXPECT_EQ(hook.condition, "false");
  EXPECT_EQ(ToJsonText(hook.properties),
            R"({"url":"http://h/","number":16,"other":1000,"float":1.5,)"
            R"("list":[true,null,"true","1","2024-01-02T00:00:00Z"]})");
}

TEST(ActionTest, TakesOtherForms) {
  const std::string_view json =
      R"({"name": "ok name", "on": {"pre-commit": null}, "hooks": [)"
      R"({"id": "my_hook", "type": "lua", "properties": {"script": "x"}}]})";
  for (const std::string& text : {
           std::string(json),
           "name: 12\n" + kRest,
           "name: !!str ok name\n" + kRest,
           "\xef\xbb\xbfname: ok name\n" + kRest,
           "name: ok name\n" + kRest + "---\nname: '!'\n",
           std::string("name: ok name\non: {pre-commit: {branch: [x]}}\n"),
           std::string("name: ok name\n'on': {pre-commit: }\nhooks: [null]\n"),
           std::string("name: ok name\non: {pre-create-tag: {branches: []}}\nhooks:\n"),
           "name: " + std::string(300, 'n') + "\n" + kRest,
       }) {
    TARN_EXPECT_OK(ParseAction(text));
  }
}

TEST(ActionTest, AnchorsAndMergeKeys) {
  const auto action = ParseAction(
      "name: ok name\nbase: &b {script: one, args: {k: v}}\nmore: &m {script: two, x: y}\n"
      "on: {pre-commit: }\nhooks:\n"
      "  - {id: h1, type: lua, properties: *b}\n"
      "  - {id: h2, type: lua, properties: {<<: *b, args: 1}}\n"
      "  - {id: h3, type: lua, properties: {<<: [*b, *m]}}\n");
  ASSERT_TRUE(action.ok()) << action.status().message();
  const auto shown = [&](size_t i) { return ToJsonText(action->hooks[i].properties); };
  EXPECT_EQ(shown(0), R"({"script":"one","args":{"k":"v"}})");
  EXPECT_EQ(shown(1), R"({"args":1,"script":"one"})");
  EXPECT_EQ(shown(2), R"({"script":"one","args":{"k":"v"},"x":"y"})");
}

struct Wrong {
  std::string text;
  std::string_view message;
};

std::string WithHooks(const std::string& hooks) {
  return "name: ok name\non: {pre-commit: }\nhooks:\n" + hooks;
}

TEST(ActionTest, SaysWhatIsWrong) {
  for (const Wrong& wrong : std::initializer_list<Wrong>{
           {kRest, "'name' is required: invalid action"},
           {"", "'name' is required: invalid action"},
           {"null\n", "'name' is required: invalid action"},
           {"---\n---\nname: ok name\n" + kRest, "'name' is required: invalid action"},
           {"name: a\n" + kRest, "'name' is invalid: invalid action"},
           {"name: -ab\n" + kRest, "'name' is invalid: invalid action"},
           {"name: \"ab\\n\"\n" + kRest, "'name' is invalid: invalid action"},
           {"name: gr\xc3\xb6\xc3\x9f\n" + kRest, "'name' is invalid: invalid action"},
           {"name: ok name\nhooks: []\n", "'on' is required: invalid action"},
           {"name: ok name\ntrue: {pre-commit: }\n", "'on' is required: invalid action"},
           {"name: ok name\non: {post-lunch: }\n",
            "event 'post-lunch' is not supported: invalid action"},
           {"name: ok name\non: {post-delete-tag: {branches: [main]}}\n",
            "'branches' is not supported in tag event types. invalid event parameter"},
           {WithHooks("  - type: lua\n"), "hook[0] missing ID: invalid action"},
           {WithHooks("  - {id: h, type: lua}\n"), "hook[0] missing ID: invalid action"},
           {WithHooks("  - {id: my_hook, type: other}\n"),
            "hook[0] type 'my_hook' unknown: invalid action"},
           {WithHooks("  - {id: my_hook, type: webhook}\n"),
            "hook[0] type 'webhook': missing hook properties: invalid action"},
           {WithHooks("  - {id: my_hook, type: webhook, properties: {}}\n"),
            "hook[0] type 'webhook': 'url' must be supplied in properties: invalid action"},
           {WithHooks("  - {id: my_hook, type: airflow, properties: {url: u, dag_id: d}}\n"),
            "hook[0] type 'airflow': 'username' must be supplied in properties: invalid action"},
           {WithHooks("  - {id: my_hook, type: lua, properties: {args: {}}}\n"),
            "hook[0] type 'lua': 'script' or 'script_path' must be supplied in properties: invalid "
            "action"},
           {WithHooks("  - {id: hh, type: lua, properties: {script: x}}\n"
                      "  - {id: hh, type: lua, properties: {script: x}}\n"),
            "hook[1] duplicate ID 'hh': invalid action"},
           {"name: [a]\n" + kRest,
            "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into string"},
           {"just text\n",
            "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `just text` into "
            "actions.Action"},
           {"42\n",
            "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!int `42` into actions.Action"},
           {"name: ok name\non: pre-commit\n",
            "yaml: unmarshal errors:\n  line 2: cannot unmarshal !!str `pre-commit` into "
            "map[graveler.EventType]*actions.ActionOn"},
           {"name: ok name\non: {pre-commit: [main]}\n",
            "yaml: unmarshal errors:\n  line 2: cannot unmarshal !!seq into actions.ActionOn"},
           {"name: ok name\non: {pre-commit: }\nhooks: {id: a}\n",
            "yaml: unmarshal errors:\n  line 3: cannot unmarshal !!map into []actions.ActionHook"},
           {"name: ok name\nname: again\n" + kRest,
            "yaml: unmarshal errors:\n  line 2: mapping key \"name\" already defined at line 1"},
           {"name: ok name\n\ton: x\n",
            "yaml: line 2: found a tab character that violates indentation"},
           {"name: [ok\n", "yaml: line 1: did not find expected ',' or ']'"},
           {"name: ok name\n  on: x\n",
            "yaml: line 2: mapping values are not allowed in this context"},
           {"name: ok \xff\xfe\n", "yaml: invalid leading UTF-8 octet"},
           {"name: *nothing\n", "yaml: unknown anchor 'nothing' referenced"},
       }) {
    TARN_EXPECT_ERROR(ParseAction(wrong.text), Code::kInternal, wrong.message);
  }
}

TEST(ActionTest, AliasesThatGrowAreRefused) {
  std::string text = "name: ok name\non: {pre-commit: }\na0: &a0 [x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 9; ++j) text += last + ",";
    text += "]\n";
  }
  TARN_EXPECT_OK(ParseAction(text));  // Nobody asks for them.
  text += "hooks: [{id: my_hook, type: lua, properties: {script: x, args: {a: *a8}}}]\n";
  TARN_EXPECT_ERROR(ParseAction(text), Code::kInternal,
                    "yaml: document contains excessive aliasing");
}

TEST(ActionTest, ConcernsEventsOfItsBranches) {
  using versioning::HookEvent;
  const auto action = ParseAction(
      "name: ok name\non:\n  pre-commit: {branches: ['b-*', '[']}\n  pre-create-tag:\n");
  ASSERT_TRUE(action.ok()) << action.status().message();
  EXPECT_TRUE(*Concerns(*action, HookEvent::kPreCommit, "b-1"));
  TARN_EXPECT_ERROR(Concerns(*action, HookEvent::kPreCommit, "c"), Code::kInternal,
                    "syntax error in pattern");
  EXPECT_TRUE(*Concerns(*action, HookEvent::kPreCreateTag, ""));
  EXPECT_FALSE(*Concerns(*action, HookEvent::kPostCommit, "b-1"));
}

}  // namespace
}  // namespace tarn::hooks
