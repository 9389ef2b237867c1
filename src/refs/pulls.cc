#include "refs/pulls.h"

#include <utility>

#include "base/xid.h"
#include "codec/wire.h"
#include "refs/records.h"

namespace tarn::refs {
namespace {

constexpr uint32_t kIndexPrimaryKey = 1;  // The only field of a record of the index.

std::string IndexKey(const Repository& repository, const Pull& pull) {
  return records::Key(records::kRepositoryPrefix, repository.partition(), "/", pull.source.view(),
                      "/", pull.destination.view());
}

bool Fits(PullStatus status, PullFilter filter) {
  return filter == PullFilter::kAll ||
         (filter == PullFilter::kOpen) == (status == PullStatus::kOpen);
}

}  // namespace

Status CheckPullId(std::string_view argument, std::string_view id) {
  const std::string_view reason = id.empty() ? "required value: validation error"
                                  : !XidSeconds(id)
                                      ? "pull request id: invalid value: validation error"
                                      : "";
  if (reason.empty()) return Status();
  return Status(Code::kInvalidValue,
                "argument " + std::string(argument) + ": " + std::string(reason));
}

Result<Pull> GetPull(kv::Store& kv, const Repository& repository, std::string_view id) {
  return records::Get(kv, kPulls, repository.partition(), id);
}

Result<Page<Pull>> ListPulls(kv::Store& kv, const Repository& repository,
                             const PageRequest& request, PullFilter filter) {
  return records::List(kv, kPulls, repository.partition(), request,
                       [&](const Pull& pull) { return Fits(pull.status, filter); });
}

Status CreatePull(kv::Store& kv, const Repository& repository, const Pull& pull) {
  std::string index;
  AppendBytesField(&index, kIndexPrimaryKey, pull.id);
  TARN_TRY(kv.Set(records::kPullIndexPartition, IndexKey(repository, pull), index));
  return records::Create(kv, kPulls, repository.partition(), pull.id, pull);
}

Status UpdatePull(kv::Store& kv, Random& random, const Repository& repository, std::string_view id,
                  const std::function<Status(Pull*)>& change) {
  return records::Update(kv, random, kPulls, repository.partition(), id,
                         [&](Pull* pull) -> Result<bool> {
                           TARN_TRY(change(pull));
                           return true;
                         });
}

}  // namespace tarn::refs
