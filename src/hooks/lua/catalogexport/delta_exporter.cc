// Module `lakefs/catalogexport/delta_exporter`: logs of Delta tables that readers without knowledge
// of versions can use, since they name the objects of one commit by where they are stored.
#include "hooks/lua/catalogexport/list.h"

namespace tarn::hooks::lua {

const std::string_view kDeltaExporterSource = R"lua(
local extractor = require("lakefs/catalogexport/table_extractor")
local internal, lakefs = require("lakefs/catalogexport/internal"), require("lakefs")
local json, paths, strings = require("encoding/json"), require("path"), require("strings")
local url, z85 = require("net/url"), require("encoding/z85enc")

local function fail(line, text)
  error("lakefs/catalogexport/delta_exporter.lua:" .. line .. ": " .. text, 0)
end

-- In logs a plus sign is one.
local function unescape(path)
  return url.query_unescape(strings.replace(path, "+", "%2B", -1))
end

-- An address as readers of logs expect it. Only those of Azure are escaped as they are stored.
local function to_url(address)
  if strings.has_prefix(address, "https://") then
    local parts = url.parse(address)
    return url.build_url(parts.scheme, parts.host, parts.path)
  end
  local mark = address:find("://")
  local rest = address:sub(mark + 3)
  local slash = rest:find("/")
  return url.build_url(address:sub(1, mark - 1), rest:sub(1, slash - 1), rest:sub(slash))
end

-- A function that tells where a file of a table is; nothing if the commit does not have it.
local function locator(action, table_path, transform)
  local known = {}
  return function(file)
    local path = paths.join("/", table_path, unescape(file))
    if known[path] == nil then
      local status, stat = lakefs.stat_object(action.repository_id, action.commit_id, path)
      if status == 200 then
        known[path] = to_url(json.unmarshal(stat).physical_address)
        if transform then known[path] = transform(known[path]) end
      elseif status == 404 then
        known[path] = false
      else
        error("failed stat_object with code: " .. tostring(status) .. ", and path: " .. path)
      end
    end
    return known[path] or nil, path
  end
end

local function vector_path(vector, file)
  local kind = vector.storageType
  if kind == "p" then return vector.pathOrInlineDv end
  if kind ~= "u" then
    error("unknown deletion vector storageType=" .. tostring(kind) .. " on file " .. file)
  end
  local uuid, prefix = z85.decode_uuid(vector.pathOrInlineDv)
  local name = "deletion_vector_" .. uuid .. ".bin"
  return prefix == "" and name or url.path_escape(prefix) .. "/" .. name
end

-- Vectors that are not there stay as they are: they belong to files that are not there either, or
-- are named by an address already.
local function locate_vector(locate, change, file)
  local vector = change.deletionVector
  if not vector or vector.storageType == "i" then return end
  local address = locate(vector_path(vector, file))
  if address then vector.storageType, vector.pathOrInlineDv = "p", address end
end

-- The actions of one version with addresses, one line each. Files that are added and not there are
-- noted, until they are removed again.
local function rewrite(actions, locate, missing)
  local lines = {}
  for _, line in ipairs(actions) do
    local entry = json.unmarshal(line)
    for _, kind in ipairs({"add", "remove", "cdc"}) do
      local change = entry[kind]
      if change then
        local file = change.path
        local address, path = locate(file)
        if address then
          change.path = address
        elseif kind == "add" then
          missing[path] = true
        end
        if kind == "remove" then missing[path] = nil end
        locate_vector(locate, change, file)
      end
    end
    lines[#lines + 1] = json.marshal(entry)
  end
  return table.concat(lines)
end

local function descriptor_of(repository, ref, descriptors_path, name)
  local file = name
  if not strings.has_suffix(file, ".yaml") then file = file .. ".yaml" end
  return extractor.get_table_descriptor(
      lakefs, repository, ref, paths.join("/", descriptors_path, file))
end

local function export_table(action, name, write_object, client, descriptors_path, transform)
  local descriptor = descriptor_of(
      action.repository_id, action.commit_id, descriptors_path, name)
  if not descriptor.path then
    fail(123, "table path is required to proceed with Delta catalog export")
  end
  if not descriptor.name then
    fail(127, "table name is required to proceed with Delta catalog export")
  end
  local log, metadata = client.get_table(action.repository_id, action.commit_id, descriptor.path)
  local locate, missing = locator(action, descriptor.path, transform), {}
  local files = {}
  for _, version in ipairs(internal.sortedKeys(log)) do
    files[#files + 1] = rewrite(log[version], locate, missing)
  end
  local not_found = internal.sortedKeys(missing)
  for _, path in ipairs(not_found) do print(path) end
  if #not_found > 0 then
    fail(221, "The following objects were not found:  " .. table.concat(not_found, " "))
  end
  local prefix = internal.get_storage_uri_prefix(
      action.storage_namespace, action.commit_id, action)
  local table_uri = paths.join("/", prefix, descriptor.name)
  for i, content in ipairs(files) do
    local file = string.format("%020d.json", i - 1)
    local place = internal.parse_storage_uri(paths.join("/", table_uri, "_delta_log", file))
    write_object(place.bucket, place.key, content)
  end
  return {path = table_uri, metadata = metadata}
end

local function export_delta_log(
    action, table_names, write_object, client, descriptors_path, path_transformer)
  if not action.commit_id then fail(112, "missing commit id") end
  if not action.storage_namespace then
    fail(116, "failed getting storage namespace for repo " .. tostring(action.repository_id))
  end
  local exported = {}
  for _, name in ipairs(table_names) do
    exported[name] = export_table(
        action, name, write_object, client, descriptors_path, path_transformer)
  end
  return exported
end

local function has_change_below(changes, path)
  local folder = path
  if not strings.has_suffix(folder, "/") then folder = folder .. "/" end
  for _, change in ipairs(changes) do
    if strings.has_prefix(change.path, folder) then return true end
  end
  return false
end

local function changed_table_defs(table_names, descriptors_path, repository, ref, compare_ref)
  local changed, is_changed, after, has_more = {}, {}, "", true
  while has_more do
    local status, answer = lakefs.diff_refs(repository, ref, compare_ref, after)
    if status ~= 200 then
      fail(283, "Failed to perform diff_refs with status: " .. tostring(status) ..
                " ref: " .. ref .. " compare_ref: " .. compare_ref .. " after: " .. after)
    end
    for _, name in ipairs(table_names) do
      local path = descriptor_of(repository, compare_ref, descriptors_path, name).path
      if not path then
        print("  (skipped nil path)")
      else
        print("table_descriptor.path", path)
        if not is_changed[name] and has_change_below(answer.results, path) then
          print("  (inserted)")
          is_changed[name] = true
          changed[#changed + 1] = name
        end
      end
    end
    has_more, after = answer.pagination.has_more, answer.pagination.next_offset
  end
  return changed
end

return {changed_table_defs = changed_table_defs, export_delta_log = export_delta_log}
)lua";

}  // namespace tarn::hooks::lua
