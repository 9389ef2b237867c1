#include "server/upload_origins.h"

#include "block/azure/location.h"
#include "block/gs/client.h"
#include "block/s3/endpoint.h"
#include "server/module_options.h"

namespace tarn::server {
namespace {

using Origins = std::vector<std::string>;

Origins S3Origins(const Settings& settings) {
  const block::S3StoreOptions options = S3StoreOptions(settings);
  if (!options.pre_signed || !options.pre_signed_ui) return {};
  block::s3::EndpointOptions where = options.client.endpoint;
  if (!options.client.presign_endpoint.empty()) where.url = options.client.presign_endpoint;
  return block::s3::OriginsOf(where, options.client.region);
}

// Another server, of STORAGE_EMULATOR_HOST, is for tests and signs nothing.
Origins GsOrigins(const Settings& settings) {
  const auto options = GsStoreOptions(settings);
  if (!options.ok() || !options->pre_signed || !options->pre_signed_ui) return {};
  return {std::string(block::gs::kCloudUrl)};
}

Origins AzureOrigins(const Settings& settings) {
  const auto options = AzureStoreOptions(settings);
  if (!options.ok() || !options->pre_signed || !options->pre_signed_ui) return {};
  const std::string& account = options->client.key.account;
  const auto endpoint = block::azure::EndpointOf(account.empty() ? "*" : account,
                                                 options->client.domain, options->client.test_url);
  return endpoint.ok() ? Origins{endpoint->server} : Origins{};
}

struct Row {
  std::string_view type;
  Origins (*origins)(const Settings& settings);
};

constexpr Row kRows[] = {{"s3", S3Origins}, {"gs", GsOrigins}, {"azure", AzureOrigins}};

}  // namespace

std::vector<std::string> UploadOrigins(const Settings& settings) {
  const std::string type = BlockstoreType(settings);
  for (const Row& row : kRows) {
    if (row.type == type) return row.origins(settings);
  }
  return {};
}

}  // namespace tarn::server
