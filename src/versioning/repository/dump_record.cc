// The stored form of what a dump's task found out.

#include "proto/catalog.pb.h"
#include "records/message.h"
#include "versioning/repository/refs_dump.h"

namespace tarn::versioning {

std::string EncodeDumpInfo(const RefsDump& dump) {
  catalog::RepositoryDumpInfo info;
  info.set_commits_metarange_id(dump.commits.str());
  info.set_tags_metarange_id(dump.tags.str());
  info.set_branches_metarange_id(dump.branches.str());
  return records::Serialize(info);
}

Result<RefsDump> DecodeDumpInfo(std::string_view info) {
  catalog::RepositoryDumpInfo message;
  TARN_TRY(records::Parse(info, "dump", &message));
  return RefsDump{MetarangeId(message.commits_metarange_id()),
                  MetarangeId(message.tags_metarange_id()),
                  MetarangeId(message.branches_metarange_id())};
}

}  // namespace tarn::versioning
