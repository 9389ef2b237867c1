// Module `lakefs/catalogexport/hive`: the partitions of a table, read off the paths of its files.
#include "hooks/lua/catalogexport/list.h"

namespace tarn::hooks::lua {

const std::string_view kHiveSource = R"lua(
local internal, path = require("lakefs/catalogexport/internal"), require("path")
local strings = require("strings")

-- The path down to the folder of the last column ("t/a=1/b=2/"), or nil where a column is missing
-- or has no value.
local function partition_of(object_path, columns)
  local finish = 0
  for i, column in ipairs(columns) do
    local mark, from = "/" .. column .. "=", math.max(finish, 1)
    local start, last = object_path:find(mark, from, true)
    if i == 1 and strings.has_prefix(object_path, column .. "=") then
      start, last = 1, #column + 1
    end
    if not start then return nil end
    finish = object_path:find("/", last + 1, true)
    if not finish or finish == last + 1 then return nil end
  end
  return object_path:sub(1, finish)
end

-- Partitions one after the other: path and files. Where no file fits, one without path and files.
local function extract_partition_pager(client, repository, commit_id, base_path, columns, page_size)
  local prefix = base_path
  if prefix ~= "" and not strings.has_suffix(prefix, "/") then prefix = prefix .. "/" end
  local pages = internal.lakefs_object_pager(
      client, repository, commit_id, "", prefix, "", page_size)
  local page, at = {}, 0

  local function next_file()
    while true do
      at = at + 1
      if at > #page then
        page, at = pages(), 0
        if not page then return nil end
      else
        local object = page[at]
        local key = partition_of(object.path, columns)
        local is_folder = object.path == key and object.size_bytes == 0
        if key and not is_folder and not path.is_hidden(object.path) then
          return key, {physical_address = object.physical_address, path = object.path,
                       size = object.size_bytes, checksum = object.checksum}
        end
      end
    end
  end

  local key, file = next_file()
  local is_done = false
  return function()
    if is_done then return nil end
    local current, files = key or "", {}
    while key == current do
      files[#files + 1] = file
      key, file = next_file()
    end
    is_done = key == nil
    return current, files
  end
end

return {extract_partition_pager = extract_partition_pager}
)lua";

}  // namespace tarn::hooks::lua
