#include "server/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "block/layers/intercepted_store.h"
#include "block/mem/mem_store.h"

namespace tarn::server {
namespace {

using block::Operation;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kNamespace = "mem://bucket/repo";

/// Refuses kinds of operations, as a store does whose permissions lack one.
struct Denial {
  template <class Function>
  auto Call(Operation operation, Function&& function) -> decltype(function()) {
    if (denied.contains(operation)) return Status(Code::kIo, "status 403 AccessDenied");
    return function();
  }
  std::set<Operation> denied;
};

/// A store in memory that says that it is of a cloud.
class Cloud final : private Denial, public block::InterceptedStore<Denial> {
 public:
  Cloud(std::string type, std::set<Operation> kinds)
      : Denial{std::move(kinds)},
        InterceptedStore(std::make_unique<block::MemStore>(SystemClock()),
                         static_cast<Denial&>(*this)),
        info_(InterceptedStore::info()) {
    info_.type = std::move(type);
  }
  const block::StoreInfo& info() const override { return info_; }

 private:
  block::StoreInfo info_;
};

std::vector<Finding> FailuresOf(block::ObjectStore& store, Clock& clock = SystemClock()) {
  std::vector<Finding> findings = Examine(store, kNamespace, {clock, SystemRandom()});
  std::erase_if(findings, [](const Finding& found) { return found.status.ok(); });
  return findings;
}

/// The checks that fail where one kind of operation is denied.
std::vector<std::string_view> Denied(Operation operation) {
  Cloud store("s3", {operation});
  std::vector<std::string_view> checks;
  for (const Finding& found : FailuresOf(store)) checks.push_back(found.check);
  return checks;
}

TEST(Doctor, AStoreThatCanDoAllIsFoundWellAndLeftEmpty) {
  block::MemStore store(SystemClock());
  const auto findings = Examine(store, kNamespace, {SystemClock(), SystemRandom()});
  EXPECT_EQ(findings.size(), 9u);
  EXPECT_THAT(FailuresOf(store), IsEmpty());
  EXPECT_THAT(store.Names(), IsEmpty());
}

TEST(Doctor, FindsTheOperationThatIsDenied) {
  EXPECT_THAT(Denied(Operation::kList), ElementsAre("list"));
  EXPECT_THAT(Denied(Operation::kPut), ElementsAre("put"));
  EXPECT_THAT(Denied(Operation::kGet), ElementsAre("get"));
  EXPECT_THAT(Denied(Operation::kCreate), ElementsAre("multipart"));
  EXPECT_THAT(Denied(Operation::kWrite), ElementsAre("multipart"));
  EXPECT_THAT(Denied(Operation::kCopy), ElementsAre("copy"));
  EXPECT_THAT(Denied(Operation::kStat), ElementsAre("stat", "delete"));
  EXPECT_THAT(Denied(Operation::kRemove), ElementsAre("delete"));
}

TEST(Doctor, SaysWhatToChange) {
  for (const auto& [type, advice] : {std::pair("s3", "s3:PutObject"),
                                     {"gs", "storage.objects.create"},
                                     {"azure", "Storage Blob Data Contributor"}}) {
    Cloud store(type, {Operation::kPut});
    const auto failed = FailuresOf(store);
    ASSERT_EQ(failed.size(), 1u);
    EXPECT_THAT(std::string(failed.front().advice), HasSubstr(advice));
    EXPECT_THAT(std::string(failed.front().status.message()), HasSubstr("AccessDenied"));
  }
}

TEST(Doctor, ANamespaceOfAnotherStoreIsRefused) {
  block::MemStore store(SystemClock());
  const auto findings = Examine(store, "s3://bucket/x", {SystemClock(), SystemRandom()});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings.front().check, "namespace");
  EXPECT_THAT(std::string(findings.front().status.message()), HasSubstr("mem"));
}

/// Another time than that of the store.
class SkewedClock final : public Clock {
 public:
  explicit SkewedClock(int64_t skew_seconds) : skew_seconds_(skew_seconds) {}
  Timestamp Now() override {
    Timestamp now = SystemClock().Now();
    now.seconds += skew_seconds_;
    return now;
  }
  int64_t MonotonicMs() override { return SystemClock().MonotonicMs(); }

 private:
  const int64_t skew_seconds_;
};

TEST(Doctor, MeasuresTheClock) {
  for (const int64_t skew_seconds : {-3600, 3600}) {
    block::MemStore store(SystemClock());
    SkewedClock clock(skew_seconds);
    const auto failed = FailuresOf(store, clock);
    ASSERT_EQ(failed.size(), 1u);
    EXPECT_EQ(failed.front().check, "clock");
    EXPECT_THAT(std::string(failed.front().status.message()), HasSubstr("differ by 359"));
  }
  block::MemStore store(SystemClock());
  SkewedClock clock(60);
  EXPECT_THAT(FailuresOf(store, clock), IsEmpty());
}

TEST(Doctor, FetchesPresignedUrlsWhereThereAreSome) {
  block::MemStore store(SystemClock());
  int fetched = 0;
  Examine(store, kNamespace, {SystemClock(), SystemRandom(), [&](const std::string&, auto) {
                                ++fetched;
                                return Status();
                              }});
  EXPECT_EQ(fetched, 0);
}

}  // namespace
}  // namespace tarn::server
