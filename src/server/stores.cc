#include "server/stores.h"

#include <array>

#include "block/layers/presigning_store.h"
#include "block/mem/mem_store.h"
#include "fmt/format.h"
#include "kv/mem/mem_store.h"
#include "server/module_options.h"

namespace tarn::server {
namespace {

constexpr std::array<std::string_view, 4> kFutureDatabases = {"postgres", "dynamodb", "cosmosdb",
                                                              "redis"};
constexpr std::array<std::string_view, 5> kFutureStores = {"s3", "gs", "azure", "transient",
                                                           "azureblob"};

template <size_t N>
bool Contains(const std::array<std::string_view, N>& list, std::string_view word) {
  for (const auto item : list) {
    if (item == word) return true;
  }
  return false;
}

}  // namespace

Result<std::unique_ptr<kv::Store>> OpenKv(const Settings& settings) {
  const std::string& type = settings.GetText("database.type");
  if (type == "mem") return kv::mem::Open();
  if (type == "local") {
    if (settings.GetText("database.local.path").starts_with("memory:")) return kv::mem::Open();
    return kv::rocks::Open(KvOptions(settings));
  }
  if (Contains(kFutureDatabases, type)) {
    return Status(Code::kUnsupported,
                  fmt::format("database.type {} is not available yet; use local", type));
  }
  return Status(Code::kInvalidValue, fmt::format("unknown driver: {}", type));
}

Result<std::unique_ptr<block::ObjectStore>> OpenObjects(const Settings& settings, Clock& clock) {
  std::string type = settings.GetText("blockstore.type");
  for (char& c : type) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (type == "mem" || type == "memory") {
    return std::unique_ptr<block::ObjectStore>(std::make_unique<block::MemStore>(clock));
  }
  if (type == "local") {
    TARN_TRY_ASSIGN(auto opened, block::LocalStore::Open(LocalStoreOptions(settings), clock));
    std::unique_ptr<block::ObjectStore> store = std::move(opened);
    rest::PresignOptions presign = LocalPresignOptions(settings);
    if (presign.key.empty()) return store;
    return std::unique_ptr<block::ObjectStore>(std::make_unique<block::PresigningStore>(
        std::move(store), rest::PresignByServer(std::move(presign), clock)));
  }
  if (Contains(kFutureStores, type)) {
    return Status(Code::kUnsupported,
                  fmt::format("blockstore.type {} is not available yet; use local", type));
  }
  return Status(Code::kInvalidValue,
                fmt::format("bad configuration: blockstore.type: there is no \"{}\"", type));
}

}  // namespace tarn::server
