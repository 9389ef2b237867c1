#include "installation.h"

#include <algorithm>
#include <cstdio>

#include "codec/hex.h"
#include "kv/testing/hostile_store.h"

namespace tarn::sim {
namespace {

constexpr int kPage = 100;
constexpr int64_t kTextBytesMax = 1000;

}  // namespace

Installation::Installation(SeededScheduler& scheduler, const SimulationOptions& options,
                           SimulationResult& result)
    : scheduler_(scheduler),
      options_(options),
      result_(result),
      chance_(scheduler, options),
      kv_(kv::OpenHostile()) {
  observer_ = NewServer(kNoFaults, 0);
  observer_->fate.StandStill();
  for (int i = 0; i < options_.servers; ++i) {
    servers_.push_back(std::make_shared<Running>());
    servers_.back()->server = NewServer(options_.faults, SimServer::kRepositoryCacheMs);
  }
}

std::unique_ptr<SimServer> Installation::NewServer(const FaultRates& rates,
                                                   int64_t repository_cache_ms) {
  return std::make_unique<SimServer>(
      scheduler_, *kv_, objects_, scheduler_.Draw(1u << 30), repository_cache_ms,
      Fate(scheduler_, chance_, rates, options_.steer, result_.coverage));
}

uint64_t Installation::Draw(uint64_t n) {
  if (of_operation_ == nullptr) return scheduler_.Draw(n);
  return std::uniform_int_distribution<uint64_t>(0, n - 1)(*of_operation_);
}

bool Installation::IsWanted(uint32_t operation) const {
  const auto& only = options_.only_operations;
  return !only || std::binary_search(only->begin(), only->end(), operation);
}

void Installation::Operate(uint32_t client, int operations,
                           const std::function<void()>& operation) {
  for (int i = 0; i < operations && !failed(); ++i) {
    const uint32_t number = client * kOperationsMax + static_cast<uint32_t>(i);
    if (!IsWanted(number)) continue;
    result_.operations.push_back(number);
    std::seed_seq seeds{options_.seed, options_.seed >> 32, uint64_t{number}};
    std::mt19937_64 random(seeds);
    of_operation_ = &random;
    operation();
    of_operation_ = nullptr;
  }
}

Installation::Use Installation::AnyServer() {
  RunningPtr& place = servers_[Draw(servers_.size())];
  if (place->server != nullptr && !place->server->fate.dead()) {
    place->server->fate.Face();
    return Use(place);
  }
  ++result_.crashes;
  // Others run while one starts and while one ends: they may start one too, and this one may die.
  const auto started = std::make_shared<Running>();
  started->server = NewServer(options_.faults, SimServer::kRepositoryCacheMs);
  const Use held(started);
  const RunningPtr dead = std::exchange(place, started);
  if (dead->users == 0) dead->server.reset();
  return Use(started);
}

void Installation::PowerCut() {
  ++result_.power_cuts;
  for (const RunningPtr& running : servers_) {
    if (running->server) running->server->fate.Die();
  }
  objects_.PowerCut(scheduler_);
}

void Installation::Replace() {
  for (const RunningPtr& running : servers_) running->server.reset();
  servers_ = {std::make_shared<Running>()};
  servers_.front()->server = NewServer(kNoFaults, 0);
}

Installation::Outcome Installation::Judge(const Status& status,
                                          std::initializer_list<Code> refusals,
                                          const std::string& of) {
  const char* const verb = VerbScope::current();
  if (options_.trace) {
    std::printf("%7llu %9lld ms %s %s: %s\n", static_cast<unsigned long long>(scheduler_.steps()),
                static_cast<long long>(scheduler_.NowMs()), verb, of.c_str(),
                status.ToString().c_str());
  }
  Coverage::Row& row = result_.coverage.rows[verb];
  if (status.ok()) return ++row.done, Outcome::kDone;
  ++row.failed;
  const auto among = [&](std::initializer_list<Code> codes) {
    return std::find(codes.begin(), codes.end(), status.code()) != codes.end();
  };
  if (among(refusals)) return Outcome::kRefused;
  if (!among({Code::kIo, Code::kTooManyTries, Code::kHookFailed, Code::kSlowDown})) {
    Fail(std::string(verb) + " " + of + ": " + status.ToString());
  }
  return status.code() == Code::kHookFailed ? Outcome::kRefused : Outcome::kUnknown;
}

Tree Installation::ReadTree(const refs::Repository& repository, const std::string& ref) {
  Tree tree;
  catalog::ListRequest request{.ref = ref, .prefix = {}, .after = {}, .delimiter = {}};
  request.amount = kPage;
  for (bool more = true; more;) {
    const auto end = observer().catalog.List(
        repository, request, [&](const catalog::ListedItem& item) -> Status {
          TARN_TRY_ASSIGN(const Entry entry,
                          observer().catalog.GetEntry(repository, ref, item.path));
          TARN_TRY_ASSIGN(std::string text, ReadText(observer(), repository, entry));
          if (ToHex(AsView(Md5(text))) != entry.checksum) {
            return {Code::kCorrupt, std::string(item.path) + " has the bytes of another object"};
          }
          const auto mark = entry.metadata.find(kMark);
          if (mark != entry.metadata.end()) text += "#" + mark->second;
          tree.emplace(item.path, std::move(text));
          return {};
        });
    if (!end.ok()) {
      Fail("listing of " + repository.id.str() + "/" + ref + ": " + end.status().ToString());
      return tree;
    }
    more = end->has_more;
    request.after = end->next_offset;
  }
  return tree;
}

Result<std::string> Installation::ReadText(SimServer& server, const refs::Repository& repository,
                                           const Entry& entry) {
  return block::GetObject(server.objects,
                          {repository.storage_namespace.view(), entry.address, entry.address_type},
                          kTextBytesMax);
}

Status Installation::Upload(SimServer& server, const refs::Repository& repository,
                            const std::string& branch, const std::string& path,
                            const std::string& text, versioning::SetCondition condition) {
  catalog::UploadRequest request{.branch = BranchId(branch), .path = path, .content_type = {}};
  request.condition = condition;
  TARN_TRY_ASSIGN(const auto upload, server.catalog.BeginUpload(repository, request));
  TARN_TRY(upload->Write(text));
  return upload->Finish().status();
}

}  // namespace tarn::sim
