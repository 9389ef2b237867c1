#include "server/doctor.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/xid.h"
#include "block/namespace_address.h"
#include "fmt/format.h"

namespace tarn::server {
namespace {

constexpr std::string_view kContent = "written by tarn doctor, to be removed";
/// Larger than what any store takes in one piece of an upload.
constexpr size_t kInPartsBytes = (8 << 20) + 1;
/// From here on stores refuse signatures.
constexpr int64_t kSkewSecondsMax = 300;

/// The checks, in their order, and what one that fails calls for.
enum class Check : uint8_t {
  kNamespace,
  kList,
  kPut,
  kGet,
  kStat,
  kParts,
  kCopy,
  kPresign,
  kClock,
  kDelete,
};

struct Advice {
  Check check;
  std::string_view name, s3, gs, azure;
};

constexpr std::string_view kOtherKind = "give a namespace of the kind that blockstore.type names";
constexpr std::string_view kBlobRole =
    "needs the role Storage Blob Data Contributor on the container";

constexpr std::array<Advice, 10> kAdvice = {{
    {Check::kNamespace, "namespace", kOtherKind, kOtherKind,
     "give a namespace of the kind that blockstore.type names, in the domain of "
     "blockstore.azure.domain"},
    {Check::kList, "list",
     "needs s3:ListBucket on the bucket; if nothing answers, check blockstore.s3.endpoint, region "
     "and force_path_style, and the proxies of the environment",
     "needs storage.objects.list on the bucket; if nothing answers, check STORAGE_EMULATOR_HOST "
     "and the proxies of the environment",
     "needs the role Storage Blob Data Contributor on the container; if nothing answers, check the "
     "account's name, blockstore.azure.domain and the proxies of the environment"},
    {Check::kPut, "put", "needs s3:PutObject on the objects; with aws:kms also kms:GenerateDataKey",
     "needs storage.objects.create on the bucket", kBlobRole},
    {Check::kGet, "get", "needs s3:GetObject on the objects; with aws:kms also kms:Decrypt",
     "needs storage.objects.get on the bucket", kBlobRole},
    {Check::kStat, "stat", "needs s3:GetObject on the objects, and s3:ListBucket on the bucket",
     "needs storage.objects.get on the bucket", kBlobRole},
    {Check::kParts, "multipart", "needs s3:PutObject and s3:AbortMultipartUpload on the objects",
     "needs storage.objects.create and storage.objects.delete on the bucket", kBlobRole},
    {Check::kCopy, "copy", "needs s3:GetObject and s3:PutObject on the objects",
     "needs storage.objects.get and storage.objects.create on the bucket",
     "needs the role Storage Blob Data Contributor on the container and, without the account's "
     "key, Storage Blob Delegator on the account"},
    {Check::kPresign, "presigned URL",
     "check blockstore.s3.pre_signed_endpoint, or set blockstore.s3.disable_pre_signed",
     "needs the key of a service account, or set blockstore.gs.disable_pre_signed",
     "needs the account's key or the role Storage Blob Delegator on the account, or set "
     "blockstore.azure.disable_pre_signed"},
    {Check::kClock, "clock", "set the clock of this machine, or that of the store",
     "set the clock of this machine", "set the clock of this machine"},
    {Check::kDelete, "delete", "needs s3:DeleteObject on the objects",
     "needs storage.objects.delete on the bucket", kBlobRole},
}};

std::string_view AdviceFor(const Advice& row, std::string_view type) {
  if (type == "s3") return row.s3;
  if (type == "gs") return row.gs;
  return type == "azure" ? row.azure : "";
}

class Examination {
 public:
  Examination(block::ObjectStore& store, std::string_view storage_namespace,
              const DoctorTools& tools)
      : store_(store),
        namespace_(storage_namespace),
        tools_(tools),
        base_("_lakefs/doctor/" + XidGenerator(tools.clock, tools.random).New() + "/") {}

  std::vector<Finding> Run() {
    if (!Note(Check::kNamespace, CheckNamespace())) return std::move(findings_);
    const bool is_listed = Note(Check::kList, List());
    const bool is_put = Note(Check::kPut, Put());
    if (is_put) {
      Note(Check::kGet, Get());
      Note(Check::kStat, Stat());
      Note(Check::kParts, PutInParts());
      Note(Check::kCopy, Copy());
      if (store_.info().presign_support) Note(Check::kPresign, Presign());
      if (modified_) Note(Check::kClock, CheckClock());
    }
    // Even if nothing seems to be there: an answer may have been lost.
    if (is_put || is_listed) Note(Check::kDelete, Delete());
    return std::move(findings_);
  }

 private:
  bool Note(Check check, Status status) {
    const Advice& row = kAdvice[static_cast<size_t>(check)];
    findings_.push_back({row.name, std::move(status), AdviceFor(row, store_.info().type)});
    return findings_.back().status.ok();
  }

  std::string Address(std::string_view name) const { return base_ + std::string(name); }

  Status CheckNamespace() const {
    if (!block::HasFormOf(store_.info(), namespace_)) {
      return {Code::kInvalidValue,
              fmt::format("\"{}\" is none of a store of type {}: it does not "
                          "match {}",
                          namespace_, store_.info().type, store_.info().namespace_regex)};
    }
    const std::string address = Address(kObject);
    return store_.CheckAddress({namespace_, address});
  }

  Status List() {
    return ToStatus(store_.List({.storage_namespace = namespace_, .prefix = "", .objects_max = 1}));
  }

  Status Put() {
    const std::string address = Address(kObject);
    asked_seconds_ = tools_.clock.Now().seconds;
    return ToStatus(block::PutObject(store_, {namespace_, address}, kContent));
  }

  Status Get() {
    const std::string address = Address(kObject);
    TARN_TRY_ASSIGN(const std::string read,
                    block::GetObject(store_, {namespace_, address}, int64_t{kContent.size()}));
    return read == kContent ? Status() : Status(Code::kIo, "the store gave other bytes back");
  }

  Status Stat() {
    const std::string address = Address(kObject), absent = Address("absent");
    TARN_TRY_ASSIGN(const auto found, store_.Stat({namespace_, address}));
    if (!found) return {Code::kIo, "the store does not show what was put"};
    modified_ = found->last_modified;
    TARN_TRY_ASSIGN(const auto nothing, store_.Stat({namespace_, absent}));
    return nothing ? Status(Code::kIo, "the store shows what is not there") : Status();
  }

  Status PutInParts() {
    const std::string address = Address(kInParts);
    TARN_TRY_ASSIGN(const auto writer, store_.Create({namespace_, address}, {}));
    const std::string bytes(kInPartsBytes, 'x');
    TARN_TRY(writer->Write(bytes));
    TARN_TRY_ASSIGN(const block::ObjectProperties made, writer->Commit());
    if (made.size == static_cast<int64_t>(bytes.size())) return {};
    return {Code::kIo, "the store has another size than was put"};
  }

  Status Copy() {
    const std::string from = Address(kObject), to = Address(kCopy);
    return ToStatus(store_.Copy({namespace_, from}, {namespace_, to}, {}));
  }

  Status Presign() {
    const std::string address = Address(kObject);
    TARN_TRY_ASSIGN(const block::PresignedUrl made,
                    store_.Presign({.object = {namespace_, address}}));
    return tools_.fetch ? tools_.fetch(made.url, kContent) : Status();
  }

  /// The store's time is that of the object, to the second.
  Status CheckClock() const {
    const int64_t now_seconds = tools_.clock.Now().seconds;
    const int64_t skew_seconds = std::max({int64_t{0}, asked_seconds_ - modified_->seconds - 1,
                                           modified_->seconds - now_seconds - 1});
    if (skew_seconds < kSkewSecondsMax) return {};
    return {Code::kIo, fmt::format("the clocks of this machine and of the store differ by {} s",
                                   skew_seconds)};
  }

  Status Delete() {
    const std::array<std::string, 3> addresses = {Address(kObject), Address(kInParts),
                                                  Address(kCopy)};
    TARN_TRY(store_.RemoveAll(namespace_, addresses));
    TARN_TRY_ASSIGN(const auto left, store_.Stat({namespace_, addresses.front()}));
    return left ? Status(Code::kIo, "the store still shows what was removed") : Status();
  }

  static constexpr std::string_view kObject = "object", kInParts = "in-parts", kCopy = "copy";

  block::ObjectStore& store_;
  const std::string_view namespace_;
  const DoctorTools& tools_;
  const std::string base_;
  int64_t asked_seconds_ = 0;
  std::optional<Timestamp> modified_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> Examine(block::ObjectStore& store, std::string_view storage_namespace,
                             const DoctorTools& tools) {
  return Examination(store, storage_namespace, tools).Run();
}

}  // namespace tarn::server
