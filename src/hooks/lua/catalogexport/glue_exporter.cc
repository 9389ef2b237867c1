// Module `lakefs/catalogexport/glue_exporter`: a table of a Glue catalog over the lists that
// symlink_exporter has written.
#include "hooks/lua/catalogexport/list.h"

namespace tarn::hooks::lua {

const std::string_view kGlueExporterSource = R"lua(
local internal = require("lakefs/catalogexport/internal")
local extractor = require("lakefs/catalogexport/table_extractor")
local json, lakefs, path = require("encoding/json"), require("lakefs"), require("path")

local function fail(line, text)
  error("lakefs/catalogexport/glue_exporter.lua:" .. line .. ": " .. text, 0)
end

local function get_full_table_name(descriptor, action)
  local ref = internal.ref_from_branch_or_tag(action)
  return descriptor.name .. "_" .. action.repository_id .. "_" .. ref .. "_" ..
         internal.short_digest(action.commit_id)
end

local function to_column(field)
  local kind = field.type
  if kind == "integer" then kind = "int" end
  return {Name = field.name, Type = kind, Comment = field.comment, Parameters = field.parameters}
end

-- Columns of the table, and those that its partitions are made of in their order.
local function split_columns(descriptor)
  local by_name, is_partition = {}, {}
  for _, field in ipairs(descriptor.schema.fields) do by_name[field.name] = field end
  local partitions, columns = array({}), array({})
  for i, name in ipairs(descriptor.partition_columns) do
    if not by_name[name] then
      fail(48, "partition name `" .. name .. "` not found in table `" .. descriptor.name .. "`")
    end
    partitions[i], is_partition[name] = to_column(by_name[name]), true
  end
  for _, field in ipairs(descriptor.schema.fields) do
    if not is_partition[field.name] then columns[#columns + 1] = to_column(field) end
  end
  return columns, partitions
end

local function export_glue(glue, db, table_src_path, create_table_input, action, options)
  options = options or {}
  local descriptor = extractor.get_table_descriptor(
      lakefs, action.repository_id, action.commit_id, table_src_path)
  if descriptor.type ~= "hive" then
    fail(128, "table " .. tostring(descriptor.type) .. " in path " .. table_src_path ..
              " not supported")
  end
  if options.create_db_input then
    glue.create_database(
        db, {error_on_already_exists = false, create_db_input = options.create_db_input})
    if options.debug then print("success creating / verifying glue database") end
  end
  local columns, partitions = split_columns(descriptor)
  local input = internal.deepcopy(create_table_input)
  if input.StorageDescriptor == nil then fail(88, "attempt to index a nil value") end
  local base = options.export_base_uri or action.storage_namespace
  input.Name = options.table_name or get_full_table_name(descriptor, action)
  input.PartitionKeys = partitions
  input.TableType = "EXTERNAL_TABLE"
  input.StorageDescriptor.Columns = columns
  input.StorageDescriptor.Location = path.join(
      "/", internal.get_storage_uri_prefix(base, action.commit_id, action), descriptor.name)
  local text = json.marshal(input)
  if options.debug then print("Creating Glue Table - input:", text) end
  glue.create_table(db, text)
  return {table_input = input}
end

return {export_glue = export_glue, get_full_table_name = get_full_table_name}
)lua";

}  // namespace tarn::hooks::lua
