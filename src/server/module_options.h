// Turns settings into the options of each module: the only place that knows both. Level 9; pure.
#pragma once

#include "auth/service.h"
#include "authserver/auth_server.h"
#include "block/azure/azure_store.h"
#include "block/gs/gs_store.h"
#include "block/local/local_store.h"
#include "block/s3/s3_store.h"
#include "committed/store.h"
#include "hooks/hook.h"
#include "http/guarded_client.h"
#include "http/server.h"
#include "kv/dynamodb/dynamodb_store.h"
#include "kv/postgres/postgres_store.h"
#include "kv/rocksdb/rocksdb_store.h"
#include "refs/store.h"
#include "rest/api.h"
#include "rest/presigned/presign.h"
#include "s3gw/gateway.h"
#include "server/settings.h"
#include "sst/break_rule.h"
#include "sst/disk_cache.h"
#include "sst/table_store.h"
#include "versioning/context.h"
#include "webui/web_ui.h"

namespace tarn::server {

kv::rocks::Options KvOptions(const Settings& settings);
kv::postgres::Options PostgresOptions(const Settings& settings);
/// The region is that of `environment` where the settings name none. kInvalidValue for what cannot
/// work, with a sentence that names the key.
Result<kv::dynamodb::Options> DynamoDbOptions(const Settings& settings,
                                              const Environment& environment);
http::aws::CredentialOptions DynamoDbCredentialOptions(const Settings& settings,
                                                       const std::string& region);
/// blockstore.type in lower case.
std::string BlockstoreType(const Settings& settings);
block::LocalStoreOptions LocalStoreOptions(const Settings& settings);
block::S3StoreOptions S3StoreOptions(const Settings& settings);
http::aws::CredentialOptions S3CredentialOptions(const Settings& settings);
/// kInvalidValue for keys of encryption that cannot be.
Result<block::GsStoreOptions> GsStoreOptions(const Settings& settings);
block::gs::CredentialOptions GsCredentialOptions(const Settings& settings);
/// kInvalidValue for a key that is none; the message does not repeat it.
Result<block::AzureStoreOptions> AzureStoreOptions(const Settings& settings);
/// Of the URLs that the server answers itself. Without a key: there are none.
rest::PresignOptions ServerPresignOptions(const Settings& settings);
sst::TableStoreOptions TableOptions(const Settings& settings);
/// Of the copies of tables on local disk.
sst::DiskCacheOptions DiskCacheOptions(const Settings& settings);
committed::StoreOptions CommittedOptions(const Settings& settings);
sst::BreakRule BreakRuleOf(const Settings& settings);
refs::Options RefsOptions(const Settings& settings);
versioning::Settings VersioningSettings(const Settings& settings);
/// Of the calls that hooks make. kInvalidValue for an allowed address that is none.
Result<http::GuardedOptions> HookClientOptions(const Settings& settings);
/// What hooks may read of the environment.
hooks::HookEnvironment HookEnvironmentOf(const Settings& settings);
auth::Options AuthOptions(const Settings& settings);
/// kInvalidValue for a secret that everybody knows.
Result<authserver::Options> AuthServerOptions(const Settings& settings);
rest::Options RestOptions(const Settings& settings);
/// kInvalidValue for snippets that are none.
Result<webui::Options> WebUiOptions(const Settings& settings);
s3gw::Options GatewayOptions(const Settings& settings);
/// kInvalidValue for a listen_address that is not "host:port" or ":port".
Result<http::ServerOptions> ServerOptions(const Settings& settings);

}  // namespace tarn::server
