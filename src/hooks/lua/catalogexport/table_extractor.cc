// Module `lakefs/catalogexport/table_extractor`: descriptors of tables, `_lakefs_tables/*.yaml`.
#include "hooks/lua/catalogexport/list.h"

namespace tarn::hooks::lua {

const std::string_view kTableExtractorSource = R"lua(
local internal, path = require("lakefs/catalogexport/internal"), require("path")
local strings, yaml = require("strings"), require("encoding/yaml")
local FOLDER = "_lakefs_tables/"

local function list_table_descriptor_entries(client, repository, commit_id)
  local entries = {}
  for page in internal.lakefs_object_pager(client, repository, commit_id, "", FOLDER, "") do
    for _, object in ipairs(page) do
      local below = object.path:sub(#FOLDER + 1)
      if not path.is_hidden(below) and strings.has_suffix(below, ".yaml") then
        entries[#entries + 1] = {physical_address = object.physical_address, path = object.path}
      end
    end
  end
  return entries
end

local function get_table_descriptor(client, repository, ref, descriptor_path)
  local status, text = client.get_object(repository, ref, descriptor_path)
  if status ~= 200 then
    error("lakefs/catalogexport/table_extractor.lua:43: could not fetch data file: HTTP " ..
          tostring(status) .. " path: " .. descriptor_path, 0)
  end
  local descriptor = yaml.unmarshal(text)
  descriptor.partition_columns = descriptor.partition_columns or {}
  return descriptor
end

return {
  get_table_descriptor = get_table_descriptor,
  list_table_descriptor_entries = list_table_descriptor_entries,
}
)lua";

}  // namespace tarn::hooks::lua
