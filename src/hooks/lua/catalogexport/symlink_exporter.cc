// Module `lakefs/catalogexport/symlink_exporter`: lists of a Hive table's files, one for each
// partition, as SymlinkTextInputFormat reads them.
#include "hooks/lua/catalogexport/list.h"

namespace tarn::hooks::lua {

const std::string_view kSymlinkExporterSource = R"lua(
local internal = require("lakefs/catalogexport/internal")
local hive = require("lakefs/catalogexport/hive")
local extractor = require("lakefs/catalogexport/table_extractor")
local lakefs, path, strings = require("lakefs"), require("path"), require("strings")

local function fail(line, text)
  error("lakefs/catalogexport/symlink_exporter.lua:" .. line .. ": " .. text, 0)
end

-- Where the list of a partition lies.
local function symlink_key(location, descriptor, partition, options)
  if #descriptor.partition_columns == 0 then
    return path.join("/", location.key, descriptor.name, "symlink.txt")
  end
  if not options.skip_trim_obj_base_path then
    local base = descriptor.path
    if not strings.has_suffix(base, "/") then base = base .. "/" end
    if strings.has_prefix(partition, base) then partition = partition:sub(#base + 1) end
  end
  return path.join("/", location.key, descriptor.name, partition, "symlink.txt")
end

local function export_s3(s3_client, table_src_path, action, options)
  options = options or {}
  local repository, commit_id = action.repository_id, action.commit_id
  local base = options.export_base_uri or action.storage_namespace
  local location = internal.parse_storage_uri(
      internal.get_storage_uri_prefix(base, commit_id, action))
  local descriptor = extractor.get_table_descriptor(lakefs, repository, commit_id, table_src_path)
  if descriptor.type == nil then fail(19, "attempt to concatenate a nil value") end
  if descriptor.type ~= "hive" then
    fail(19, "table " .. descriptor.type .. " in path " .. table_src_path .. " not supported")
  end
  if options.debug then
    print("hive table `lakefs://" .. repository .. "/" .. internal.short_digest(commit_id) .. "/" ..
          descriptor.path .. "`")
  end
  local write = options.writer
  if not write then
    if s3_client == nil then fail(72, "attempt to index a nil value") end
    write = s3_client.put_object
  end
  for partition, files in hive.extract_partition_pager(
      lakefs, repository, commit_id, descriptor.path, descriptor.partition_columns) do
    local lines = {}
    for i, file in ipairs(files) do lines[i] = file.physical_address .. "\n" end
    local key = symlink_key(location, descriptor, partition, options)
    if options.debug then print("S3 writing bucket: " .. location.bucket .. " key: " .. key) end
    write(location.bucket, key, table.concat(lines))
  end
  return {location = location}
end

return {export_s3 = export_s3}
)lua";

}  // namespace tarn::hooks::lua
