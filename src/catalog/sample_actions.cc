#include "catalog/sample_actions.h"

#include <array>

namespace tarn::catalog {
namespace {

constexpr std::string_view kMetadataAction = R"yaml(name: metadata of commits
description: Commits to branches of jobs say which job made them, and who looks after it.
on:
  pre-commit:
    branches: ["etl-*"]
hooks:
  - id: required_metadata
    type: lua
    description: Looks for each name in the metadata of the commit; its value must fit.
    properties:
      script_path: scripts/commit_metadata_validator.lua
      args:
        job: "^[a-z][a-z0-9_-]*$"
        owner: "^.+$"
)yaml";

constexpr std::string_view kMetadataScript =
    R"lua(-- Judges the metadata of a commit. It must have each name of
-- `args`, with a value that fits the regular expression beside it.
local hook = require("hook")
local regexp = require("regexp")

local problems = {}
for name, expression in pairs(args) do
  local value = action.commit.metadata[name]
  if value == nil then
    table.insert(problems, "'" .. name .. "' is missing")
  elseif not regexp.match(expression, value) then
    local is = "'" .. name .. "' is '" .. value .. "'"
    table.insert(problems, is .. ", which does not fit " .. expression)
  end
end
table.sort(problems)
if #problems > 0 then
  hook.fail("metadata of the commit: " .. table.concat(problems, "; "))
end
print("the metadata says what it must")
)lua";

constexpr std::string_view kFormatAction = R"yaml(name: columns of the lakes
description: What is merged into {{branch}} keeps the columns that readers count on.
on:
  pre-merge:
    branches: ["{{branch}}"]
hooks:
  - id: columns
    type: lua
    description: Reads the schema of the table as it is on the branch that is merged.
    properties:
      script_path: scripts/parquet_schema_validator.lua
      args:
        path: lakes.parquet
        columns: [Hylak_id, Lake_name, Country, Depth_m]
)yaml";

constexpr std::string_view kFormatScript =
    R"lua(-- Judges what is merged: the Parquet file `args.path` must be
-- there, with each of `args.columns`.
local hook = require("hook")
local lakefs = require("lakefs")
local parquet = require("encoding/parquet")

local status, bytes = lakefs.get_object(action.repository_id, action.source_ref, args.path)
if status ~= 200 then
  hook.fail(args.path .. " cannot be read, status " .. status)
end
local found = {}
for _, column in ipairs(parquet.get_schema(bytes)) do
  print(column.name, column.type)
  found[column.name] = true
end
local missing = {}
for _, name in ipairs(args.columns) do
  if not found[name] then
    table.insert(missing, name)
  end
end
if #missing > 0 then
  hook.fail(args.path .. " lacks " .. table.concat(missing, ", "))
end
)lua";

constexpr std::string_view kYaml = "text/yaml", kLua = "text/plain";

constexpr std::array kTexts = {
    SampleText{"_lakefs_actions/pre-commit-metadata-validation.yaml", kYaml, kMetadataAction},
    SampleText{"_lakefs_actions/pre-merge-format-validation.yaml", kYaml, kFormatAction},
    SampleText{"scripts/commit_metadata_validator.lua", kLua, kMetadataScript},
    SampleText{"scripts/parquet_schema_validator.lua", kLua, kFormatScript},
};

}  // namespace

std::span<const SampleText> SampleActions() { return kTexts; }

}  // namespace tarn::catalog
