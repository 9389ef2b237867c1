#include <gtest/gtest.h>

#include "hooks/lua/yaml_document.h"

namespace tarn::hooks::lua {
namespace {

TEST(YamlWriter, TextsOfSeveralLines) {
  const std::pair<const char*, const char*> cases[] = {
      {"x\ny", "|-\n    x\n    y"},    {"x\ny\n", "|\n    x\n    y"},
      {" x\ny", "|4-\n     x\n    y"}, {" x\ny\n", "|4\n     x\n    y"},
      {"\nx\n", "|4\n\n    x"},        {"x\n\n", "|+\n    x\n"},
  };
  for (const auto& [text, yaml] : cases) {
    EXPECT_EQ(WriteYaml(Json(Json::Object{{"a", Json(text)}})), "a: " + std::string(yaml) + "\n");
  }
}

}  // namespace
}  // namespace tarn::hooks::lua
