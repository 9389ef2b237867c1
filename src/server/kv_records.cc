#include "server/kv_records.h"

#include <google/protobuf/message.h>

#include <algorithm>
#include <array>
#include <vector>

#include "codec/base64.h"
#include "codec/json_writer.h"
#include "proto/actions.pb.h"
#include "proto/auth.pb.h"
#include "proto/catalog.pb.h"
#include "proto/graveler.pb.h"
#include "proto/kv.pb.h"
#include "proto/multipart.pb.h"
#include "proto/tarn.pb.h"

namespace tarn::server {
namespace {

namespace pb = ::google::protobuf;
namespace lakefs = ::io::treeverse::lakefs;

using Prototype = const pb::Message& (*)();
template <class T>
const pb::Message& Of() {
  return T::default_instance();
}

// Partitions that are named after something.
constexpr std::string_view kStagingToken = "<staging token>", kRepository = "<repository>";

struct RecordRow {
  std::string_view partition;
  std::string_view key;  ///< What the key starts with; "*" stands for one part between slashes.
  Prototype prototype;   ///< Null: no message.
};

// The first row that fits counts.
constexpr RecordRow kRecords[] = {
    {"graveler", "repos/", Of<lakefs::graveler::RepositoryData>},
    {"basicAuth", "users/", Of<lakefs::auth::model::UserData>},
    {"basicAuth", "uCredentials/*/credentials/", Of<lakefs::auth::model::CredentialData>},
    {"auth", "users/", Of<lakefs::auth::model::UserData>},
    {"auth", "groups/", Of<lakefs::auth::model::GroupData>},
    {"auth", "policies/", Of<lakefs::auth::model::PolicyData>},
    {"auth", "uCredentials/*/credentials/", Of<lakefs::auth::model::CredentialData>},
    {"auth", "gUsers/*/users/", Of<lakefs::kv::SecondaryIndex>},
    {"auth", "gPolicies/*/policies/", Of<lakefs::kv::SecondaryIndex>},
    {"auth", "uPolicies/*/policies/", Of<lakefs::kv::SecondaryIndex>},
    {"auth", "tarn-external-ids/", Of<lakefs::kv::SecondaryIndex>},
    {"auth", "tarn-keys/", Of<lakefs::kv::SecondaryIndex>},
    {"auth", "tarn-setup", Of<lakefs::auth::model::UserData>},
    {"auth", "tarn-principals/", Of<lakefs::auth::model::ExternalPrincipalData>},
    {"auth", "expiredTokens/", Of<lakefs::auth::model::TokenData>},
    {"actions", "repos/*/runs/", Of<lakefs::actions::RunResultData>},
    {"actions", "repos/*/tasks/", Of<lakefs::actions::TaskResultData>},
    {"actions", "repos/*/branches/", Of<lakefs::kv::SecondaryIndex>},
    {"actions", "repos/*/commits/", Of<lakefs::kv::SecondaryIndex>},
    {"pulls", "repos/", Of<lakefs::kv::SecondaryIndex>},
    {"catalog", "instances/", Of<catalog::InstanceHeartbeat>},
    {"mc-ownership", "run-refs/", Of<lakefs::kv::MostlyCorrectOwnership>},
    {"multiparts", "", Of<lakefs::multipart::UploadData>},
    {kStagingToken, "", Of<lakefs::graveler::StagedEntryData>},
    {kRepository, "branches/", Of<lakefs::graveler::BranchData>},
    {kRepository, "commits/", Of<lakefs::graveler::CommitData>},
    {kRepository, "tags/", Of<lakefs::graveler::TagData>},
    {kRepository, "settings/protected_branches", Of<lakefs::graveler::BranchProtectionRules>},
    {kRepository, "imports/", Of<lakefs::graveler::ImportStatusData>},
    {kRepository, "repo-metadata", Of<lakefs::graveler::RepoMetadata>},
    {kRepository, "pulls/", Of<lakefs::graveler::PullRequestData>},
    {kRepository, "tarn-pull-merges/", Of<lakefs::graveler::PullRequestData>},
    {kRepository, "tasks/DR", Of<catalog::RepositoryDumpStatus>},
    {kRepository, "tasks/RR", Of<catalog::RepositoryRestoreStatus>},
    {kRepository, "tasks/GCPC", Of<catalog::GarbageCollectionPrepareStatus>},
    {kRepository, "tasks/", Of<catalog::TaskMsg>},
    {kRepository, "tarn-post-events/", Of<records::EventAfterChange>},
    {kRepository, "tarn-running/", Of<records::RunningRun>},
    {kRepository, "tarn-uploads/", Of<records::UploadInParts>},
    {kRepository, "tarn-parts/", Of<records::UploadedPart>},
};

// Partitions of plain text, besides those that have rows.
constexpr std::array<std::string_view, 5> kTextPartitions = {
    "kv-internal-metadata", "usage", "cleanup-tokens", "tarn-deleted-repositories",
    "tarn-unfinished-creations"};

bool KeyFits(std::string_view pattern, std::string_view key) {
  for (size_t star = pattern.find('*'); star != std::string_view::npos; star = pattern.find('*')) {
    if (key.substr(0, star) != pattern.substr(0, star)) return false;
    const size_t end = key.find('/', star);
    if (end == std::string_view::npos) return false;
    pattern.remove_prefix(star + 1);
    key.remove_prefix(end);
  }
  return key.starts_with(pattern);
}

/// The name of a partition's rows.
std::string_view KindOf(std::string_view partition) {
  const bool has_rows = std::any_of(std::begin(kRecords), std::end(kRecords),
                                    [&](const auto& row) { return row.partition == partition; });
  const bool is_text =
      std::find(kTextPartitions.begin(), kTextPartitions.end(), partition) != kTextPartitions.end();
  if (has_rows || is_text) return partition;
  // Tokens are "<repository>-<branch>:<uuid>"; no other name holds a colon.
  return partition.find(':') == std::string_view::npos ? kRepository : kStagingToken;
}

/// Writes messages as the reference's tools show them: names of fields, no values that are zero.
class MessageWriter {
 public:
  explicit MessageWriter(JsonWriter* json) : json_(*json) {}

  void Write(const pb::Message& message) {
    std::vector<const pb::FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    json_.BeginObject();
    for (const pb::FieldDescriptor* field : fields) {
      json_.Key(field->name());
      if (field->is_map()) {
        WriteMap(message, *field);
      } else if (field->is_repeated()) {
        json_.BeginArray();
        const int count = message.GetReflection()->FieldSize(message, field);
        for (int i = 0; i < count; ++i) WriteValue(message, *field, i);
        json_.EndArray();
      } else {
        WriteValue(message, *field, -1);
      }
    }
    json_.EndObject();
  }

 private:
  /// An object in the order of its keys, which are texts in all our messages.
  void WriteMap(const pb::Message& message, const pb::FieldDescriptor& field) {
    const pb::Reflection& all = *message.GetReflection();
    std::vector<std::pair<std::string, const pb::Message*>> entries;
    for (int i = 0; i < all.FieldSize(message, &field); ++i) {
      const pb::Message& entry = all.GetRepeatedMessage(message, &field, i);
      entries.emplace_back(
          entry.GetReflection()->GetString(entry, entry.GetDescriptor()->map_key()), &entry);
    }
    std::sort(entries.begin(), entries.end());
    json_.BeginObject();
    for (const auto& [key, entry] : entries) {
      json_.DataKey(key);
      WriteValue(*entry, *entry->GetDescriptor()->map_value(), -1);
    }
    json_.EndObject();
  }

  /// The value of a field, or the one at `index` of a repeated field.
  void WriteValue(const pb::Message& message, const pb::FieldDescriptor& field, int index) {
    const pb::Reflection& all = *message.GetReflection();
    const bool one = index < 0;
    switch (field.cpp_type()) {
      case pb::FieldDescriptor::CPPTYPE_MESSAGE:
        return Write(one ? all.GetMessage(message, &field)
                         : all.GetRepeatedMessage(message, &field, index));
      case pb::FieldDescriptor::CPPTYPE_STRING: {
        const std::string text =
            one ? all.GetString(message, &field) : all.GetRepeatedString(message, &field, index);
        const bool is_bytes = field.type() == pb::FieldDescriptor::TYPE_BYTES;
        json_.String(is_bytes ? EncodeBase64(text) : text);
        return;
      }
      case pb::FieldDescriptor::CPPTYPE_ENUM:
        json_.Int(one ? all.GetEnumValue(message, &field)
                      : all.GetRepeatedEnumValue(message, &field, index));
        return;
      case pb::FieldDescriptor::CPPTYPE_BOOL:
        json_.Bool(one ? all.GetBool(message, &field)
                       : all.GetRepeatedBool(message, &field, index));
        return;
      case pb::FieldDescriptor::CPPTYPE_INT32:
        json_.Int(one ? all.GetInt32(message, &field)
                      : all.GetRepeatedInt32(message, &field, index));
        return;
      case pb::FieldDescriptor::CPPTYPE_INT64:
        json_.Int(one ? all.GetInt64(message, &field)
                      : all.GetRepeatedInt64(message, &field, index));
        return;
      default:
        json_.Null();  // No message of ours has a field of another type.
    }
  }

  JsonWriter& json_;
};

}  // namespace

std::unique_ptr<pb::Message> NewRecordMessage(std::string_view partition, std::string_view key) {
  const std::string_view kind = KindOf(partition);
  for (const RecordRow& row : kRecords) {
    if (row.partition == kind && KeyFits(row.key, key)) {
      return std::unique_ptr<pb::Message>(row.prototype().New());
    }
  }
  return nullptr;
}

Status CheckRecord(std::string_view partition, std::string_view key, std::string_view value) {
  const auto message = NewRecordMessage(partition, key);
  if (message == nullptr || message->ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return {};
  }
  return {Code::kCorrupt, "it is no " + message->GetDescriptor()->name()};
}

std::string RecordAsJson(std::string_view partition, std::string_view key, std::string_view value) {
  std::string text;
  JsonWriter json(&text);
  const auto message = NewRecordMessage(partition, key);
  if (message && message->ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    MessageWriter(&json).Write(*message);
  } else {
    json.String(EncodeBase64(value));
  }
  return text;
}

std::string RecordLine(std::string_view partition, std::string_view key, std::string_view value) {
  std::string line;
  JsonWriter json(&line);
  json.BeginObject().Field("partition", partition).Field("key", key);
  json.Key("value").Raw(RecordAsJson(partition, key, value)).EndObject();
  return line;
}

}  // namespace tarn::server
