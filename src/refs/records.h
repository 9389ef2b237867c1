// Records of the refs layer as stored bytes and as values (docs/formats/kv.md). Level 5, pure
// functions.
//
// Branches are read and written by hand, since every request reads one; libprotobuf does the rest,
// with maps in ascending key order. Decoders answer kCorrupt for bytes that are no such record.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "refs/types.h"

namespace google::protobuf {
class MessageLite;
}
namespace io::treeverse::lakefs::graveler {
class CommitData;
}

namespace tarn::refs {

namespace pb = ::io::treeverse::lakefs::graveler;

/// The message's bytes, the same for equal messages.
std::string SerializeDeterministic(const google::protobuf::MessageLite& message);
/// Reads `bytes` into `message`; kCorrupt, naming `what`.
Status ParseMessage(std::string_view bytes, std::string_view what,
                    google::protobuf::MessageLite* message);

std::string EncodeRepository(const Repository& repository);
Result<Repository> DecodeRepository(std::string_view bytes);

std::string EncodeBranch(const Branch& branch);
Result<Branch> DecodeBranch(std::string_view bytes);

std::string EncodeTag(const Tag& tag);
Result<Tag> DecodeTag(std::string_view bytes);

std::string EncodeCommit(const Commit& commit);
Result<Commit> DecodeCommit(std::string_view bytes);
/// For messages that hold a commit.
void ToMessage(const Commit& commit, pb::CommitData* message);
Commit FromMessage(const pb::CommitData& message);

std::string EncodeMetadata(const Metadata& metadata);
Result<Metadata> DecodeMetadata(std::string_view bytes);

}  // namespace tarn::refs
