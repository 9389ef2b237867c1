// Module `lakefs/catalogexport/unity_exporter`: exported Delta tables as external tables of a Unity
// catalog.
#include "hooks/lua/catalogexport/list.h"

namespace tarn::hooks::lua {

const std::string_view kUnityExporterSource = R"lua(
local extractor = require("lakefs/catalogexport/table_extractor")
local lakefs, path, strings = require("lakefs"), require("path"), require("strings")

local function fail(line, text)
  error("lakefs/catalogexport/unity_exporter.lua:" .. line .. ": " .. text, 0)
end

local function descriptor_of(action, descriptors_path, name)
  local file = name
  if not strings.has_suffix(file, ".yaml") then file = file .. ".yaml" end
  local descriptor = extractor.get_table_descriptor(
      lakefs, action.repository_id, action.commit_id, path.join("/", descriptors_path, file))
  if not descriptor.name then
    fail(38, "table name is required to proceed with unity catalog export")
  end
  if descriptor.type ~= "delta" then
    fail(41, "unity exporter supports only table descriptors of type 'delta'. " ..
             "registration failed for table " .. descriptor.name)
  end
  if not descriptor.catalog then
    fail(45, "catalog name is required to proceed with unity catalog export")
  end
  return descriptor
end

local function register_tables(action, descriptors_path, tables, client, warehouse_id)
  if not action.commit_id then fail(25, "missing commit id") end
  local states = {}
  for name, details in pairs(tables) do
    local descriptor = descriptor_of(action, descriptors_path, name)
    local schema = client.create_schema(action.branch_id, descriptor.catalog, true)
    if not schema then
      fail(50, "failed creating/getting catalog's schema: " .. descriptor.catalog .. "." ..
               action.branch_id)
    end
    states[name] = client.register_external_table(
        descriptor.name, details.path, warehouse_id, descriptor.catalog, schema,
        details.metadata or {})
  end
  return states
end

return {register_tables = register_tables}
)lua";

}  // namespace tarn::hooks::lua
