// Module `lakefs/catalogexport/internal`: what the exporters share.
#include "hooks/lua/catalogexport/list.h"

namespace tarn::hooks::lua {

const std::string_view kInternalSource = R"lua(
local path, url = require("path"), require("net/url")
local PAGE = 30

local function deepcopy(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for k, v in next, value do copy[deepcopy(k)] = deepcopy(v) end
  return setmetatable(copy, getmetatable(value))
end

local function short_digest(digest, length)
  return digest:sub(1, length or 6)
end

local function sortedKeys(values, order)
  local keys = {}
  for key in pairs(values) do keys[#keys + 1] = key end
  table.sort(keys, order)
  return keys
end

local function parse_storage_uri(uri)
  local parts = url.parse(uri)
  local key = parts.path
  if key:sub(1, 1) == "/" then key = key:sub(2) end
  return {protocol = parts.scheme, bucket = parts.host, key = key}
end

-- Lists of results, page by page. call(after) gives status and answer of a paginated operation.
local function lakefs_paginiated_api(call, after)
  local offset, has_more = after or "", true
  return function()
    if not has_more then return nil end
    local status, answer = call(offset)
    if status < 200 or status >= 300 then
      error("lakeFS: api return non-2xx" .. tostring(status))
    end
    has_more, offset = answer.pagination.has_more, answer.pagination.next_offset
    return answer.results
  end
end

local function lakefs_object_pager(client, repository, ref, after, prefix, delimiter, page)
  return lakefs_paginiated_api(function(offset)
    return client.list_objects(repository, ref, offset, prefix or "", delimiter or "", page or PAGE)
  end, after)
end

local function ref_from_branch_or_tag(action)
  local event = action.event_type
  if event == "pre-create-tag" or event == "post-create-tag" then return action.tag_id end
  return action.branch_id
end

local function get_storage_uri_prefix(namespace, commit_id, action)
  local folder = ref_from_branch_or_tag(action) .. "/" .. short_digest(commit_id) .. "/"
  return path.join("/", namespace, "_lakefs/exported/" .. folder)
end

return {
  deepcopy = deepcopy,
  get_storage_uri_prefix = get_storage_uri_prefix,
  lakefs_object_pager = lakefs_object_pager,
  lakefs_paginiated_api = lakefs_paginiated_api,
  parse_storage_uri = parse_storage_uri,
  ref_from_branch_or_tag = ref_from_branch_or_tag,
  short_digest = short_digest,
  sortedKeys = sortedKeys,
}
)lua";

}  // namespace tarn::hooks::lua
