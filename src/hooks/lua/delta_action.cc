#include "hooks/lua/delta_action.h"

#include <algorithm>
#include <span>

namespace tarn::hooks::lua {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::string_view kAdd[] = {
    "path", "partitionValues", "size",      "modificationTime",        "dataChange",        "stats",
    "tags", "deletionVector",  "baseRowId", "defaultRowCommitVersion", "clusteringProvider"};
constexpr std::string_view kRemove[] = {"path",
                                        "deletionTimestamp",
                                        "dataChange",
                                        "extendedFileMetadata",
                                        "partitionValues",
                                        "size",
                                        "stats",
                                        "tags",
                                        "deletionVector",
                                        "baseRowId",
                                        "defaultRowCommitVersion"};
constexpr std::string_view kMetadata[] = {"id",
                                          "name",
                                          "description",
                                          "format",
                                          "schemaString",
                                          "partitionColumns",
                                          "configuration",
                                          "createdTime"};
constexpr std::string_view kProtocol[] = {"minReaderVersion", "minWriterVersion", "readerFeatures",
                                          "writerFeatures"};
constexpr std::string_view kTransaction[] = {"appId", "version", "lastUpdated"};
constexpr std::string_view kChanges[] = {"path", "partitionValues", "size", "dataChange", "tags"};
constexpr std::string_view kDomain[] = {"domain", "configuration", "removed"};

struct Action {
  std::string_view name;
  Names fields;                      ///< Empty: any.
  Json DeltaState::*last = nullptr;  ///< What it replaces.
};
constexpr Action kActions[] = {
    {"add", kAdd},
    {"cdc", kChanges},
    {"commitInfo", {}},
    {"domainMetadata", kDomain},
    {"metaData", kMetadata, &DeltaState::metadata},
    {"protocol", kProtocol, &DeltaState::protocol},
    {"remove", kRemove},
    {"txn", kTransaction},
};

/// What does not change which files a table has, and where.
constexpr std::string_view kReaderFeatures[] = {"deletionVectors", "timestampNtz"};

const Action* FindAction(std::string_view name) {
  const auto* const found = std::find_if(std::begin(kActions), std::end(kActions),
                                         [name](const Action& one) { return one.name == name; });
  return found == std::end(kActions) ? nullptr : found;
}

bool Contains(Names names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Without members that are null.
Json WithoutNulls(const Json& value) {
  if (!value.is_object()) return value;
  Json::Object members;
  for (const Json::Member& member : value.members()) {
    if (!member.second.is_null()) members.push_back(member);
  }
  return Json(std::move(members));
}

Json Known(const Action& action, const Json& fields) {
  Json::Object members;
  for (const auto& [name, value] : fields.members()) {
    if (value.is_null() || (!action.fields.empty() && !Contains(action.fields, name))) continue;
    // A partition may have no value; there null means something.
    members.emplace_back(name, name == "deletionVector" ? WithoutNulls(value) : value);
  }
  return Json(std::move(members));
}

}  // namespace

bool IsDeltaColumn(std::string_view name) {
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos) return false;
  const Action* const action = FindAction(name.substr(0, dot));
  if (action == nullptr) return false;
  const std::string_view field = name.substr(dot + 1);
  return action->fields.empty() || Contains(action->fields, field.substr(0, field.find('.')));
}

void AddDeltaActions(const Json& entry, DeltaState* state, std::vector<std::string>* lines) {
  if (!entry.is_object()) return;
  for (const auto& [name, fields] : entry.members()) {
    const Action* const action = FindAction(name);
    if (action == nullptr || !fields.is_object()) continue;
    Json known = Known(*action, fields);
    if (action->last != nullptr) state->*action->last = known;
    lines->push_back(ToJsonText(Json(Json::Object{{name, std::move(known)}})));
  }
}

Status CheckDeltaProtocol(const Json& protocol) {
  constexpr int64_t kPlainVersion = 1, kFeaturesVersion = 3;
  const auto version = protocol.IntAt("minReaderVersion");
  if (version == kPlainVersion) return {};
  if (version != kFeaturesVersion) return {Code::kUnsupported, "invalid protocol version"};
  const Json* const features = protocol.Find("readerFeatures");
  if (features == nullptr || !features->is_array()) return {};
  for (const Json& feature : features->items()) {
    if (feature.is_string() && Contains(kReaderFeatures, feature.string())) continue;
    return {Code::kUnsupported, "unsupported reader feature: " +
                                    (feature.is_string() ? feature.string() : ToJsonText(feature))};
  }
  return {};
}

}  // namespace tarn::hooks::lua
