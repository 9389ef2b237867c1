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
constexpr std::array<std::string_view, 4> kFutureStores = {"gs", "azure", "transient", "azureblob"};

template <size_t N>
bool Contains(const std::array<std::string_view, N>& list, std::string_view word) {
  for (const auto item : list) {
    if (item == word) return true;
  }
  return false;
}

/// The store makes URLs of its objects, the server those of parts: only it knows what they are
/// stored as.
std::unique_ptr<block::ObjectStore> OpenS3(const Settings& settings, Clock& clock) {
  block::S3StoreOptions options = S3StoreOptions(settings);
  const block::RetryOptions retry = options.retry;
  std::unique_ptr<block::ObjectStore> store = std::make_unique<block::RetryStore>(
      std::make_unique<block::S3Store>(
          std::move(options),
          block::s3::MakeCredentialSource(S3CredentialOptions(settings), clock,
                                          block::s3::ProcessEnvironment),
          clock, SystemRandom()),
      retry, SystemRandom());
  rest::PresignOptions presign = ServerPresignOptions(settings);
  if (presign.key.empty()) return store;
  block::ObjectStore* const objects = store.get();
  block::PresignFunction by_server = rest::PresignByServer(std::move(presign), clock);
  return std::make_unique<block::PresigningStore>(
      std::move(store), [objects, by_server](const block::PresignRequest& request) {
        return request.part.upload_id.empty() ? objects->Presign(request) : by_server(request);
      });
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
  const std::string type = BlockstoreType(settings);
  if (type == "mem" || type == "memory") {
    return std::unique_ptr<block::ObjectStore>(std::make_unique<block::MemStore>(clock));
  }
  if (type == "local") {
    TARN_TRY_ASSIGN(auto opened, block::LocalStore::Open(LocalStoreOptions(settings), clock));
    std::unique_ptr<block::ObjectStore> store = std::move(opened);
    rest::PresignOptions presign = ServerPresignOptions(settings);
    if (presign.key.empty()) return store;
    return std::unique_ptr<block::ObjectStore>(std::make_unique<block::PresigningStore>(
        std::move(store), rest::PresignByServer(std::move(presign), clock)));
  }
  if (type == "s3") return OpenS3(settings, clock);
  if (Contains(kFutureStores, type)) {
    return Status(Code::kUnsupported,
                  fmt::format("blockstore.type {} is not available yet; use local", type));
  }
  return Status(Code::kInvalidValue,
                fmt::format("bad configuration: blockstore.type: there is no \"{}\"", type));
}

}  // namespace tarn::server
