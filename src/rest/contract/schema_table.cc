#include "rest/contract/schema_table.h"

namespace tarn::rest {
namespace {

constexpr SchemaLine kTable[] = {
    {"ACL", "permission!: string"},
    {"AbortPresignMultipartUpload", "physical_address!: string"},
    {"AccessAnswer", "allowed!: bool, decided_by: AccessSource, missing_actions!: [string]"},
    {"AccessKeyCredentials", "access_key_id!: string(min 1), secret_access_key!: string(min 1)"},
    {"AccessQuestion",
     "user!: string(min 1), action!: string(min 1), resource!: string(min 1), "
     "context: map<string>"},
    {"AccessSource", "policy!: string, statement_index!: int, effect!: string"},
    {"ActionDryRun",
     "run_id!: string, status!: enum(failed|completed), message: string, "
     "hooks!: [ActionDryRunHook]"},
    {"ActionDryRunCreation",
     "event_type!: string(min 1), ref!: string(min 1), content!: string(min 1), branch: string, "
     "tag: string"},
    {"ActionDryRunHook",
     "hook_run_id!: string, action!: string, hook_id!: string, start_time!: date-time, "
     "end_time: date-time, status!: enum(failed|completed|skipped), output!: string"},
    {"ActionRun",
     "run_id!: string, branch!: string, start_time!: date-time, end_time: date-time, "
     "commit_id!: string, event_type!: string, status!: enum(failed|completed)"},
    {"ActionRunList", "pagination!: Pagination, results!: [ActionRun]"},
    {"AuthCapabilities", "invite_user: bool, forgot_password: bool"},
    {"AuthenticationToken", "token!: string, token_expiration: int64"},
    {"BranchCreation", "name!: string, source!: string, force: bool = false, hidden: bool = false"},
    {"BranchProtectionRule", "pattern!: string(min 1)"},
    {"CapabilitiesConfig", ""},
    {"CherryPickCreation",
     "ref!: string, parent_number: int, commit_overrides: CommitOverrides, force: bool = false"},
    {"CommPrefsInput",
     "firstName: string, lastName: string, email: string, companyName: string, "
     "featureUpdates!: bool, securityUpdates!: bool"},
    {"Commit",
     "id!: string, parents!: [string], committer!: string, message!: string, "
     "creation_date!: int64, meta_range_id!: string, metadata: map<string>, generation: int64, "
     "version: int(0..1)"},
    {"CommitCreation",
     "message!: string, metadata: map<string>, date: int64(-62135596800..253402300799), "
     "allow_empty: bool = false, force: bool = false"},
    {"CommitList", "pagination!: Pagination, results!: [Commit]"},
    {"CommitOverrides", "message: string, metadata: map<string>"},
    {"CommitRecordCreation",
     "commit_id!: string, version!: int(0..1), committer!: string, message!: string, "
     "metarange_id!: string, creation_date!: int64(-62135596800..253402300799), "
     "parents!: [string], metadata: map<string>, generation!: int64(0..2147483647), "
     "force: bool = false"},
    {"CompletePresignMultipartUpload",
     "physical_address!: string, parts!: [UploadPart], user_metadata: map<string>, "
     "content_type: string"},
    {"Config",
     "version_config: VersionConfig, storage_config: StorageConfig, "
     "storage_config_list: StorageConfigList, ui_config: UIConfig, "
     "capabilities_config: CapabilitiesConfig"},
    {"CopyPartSource",
     "repository!: string, ref!: string, path!: string, range: string(pattern range)"},
    {"Credentials", "creation_date!: int64, access_key_id!: string"},
    {"CredentialsList", "pagination!: Pagination, results!: [Credentials]"},
    {"CredentialsWithSecret",
     "access_key_id!: string, creation_date!: int64, secret_access_key!: string"},
    {"CurrentUser", "user!: User"},
    {"CustomViewer", "name!: string, url!: string, extensions: [string], content_types: [string]"},
    {"Diff",
     "type!: enum(added|removed|changed|conflict|prefix_changed), path!: string, "
     "path_type!: enum(common_prefix|object), size_bytes: int64, right: DiffObjectStat"},
    {"DiffList", "pagination!: Pagination, results!: [Diff]"},
    {"DiffObjectStat",
     "checksum!: string, mtime!: int64, content_type!: string, metadata: ObjectUserMetadata"},
    {"Error", "message!: string"},
    {"ErrorNoACL", "message!: string, no_acl: bool"},
    {"ExternalLoginInformation", "token_expiration_duration: int, identityRequest!: object"},
    {"ExternalPrincipal", "user_id!: string, id!: string, settings: object"},
    {"ExternalPrincipalCreation", "settings: object"},
    {"ExternalPrincipalList", "pagination!: Pagination, results!: [ExternalPrincipal]"},
    {"ExternalPrincipalSettings", "map<string>"},
    {"FindMergeBaseResult",
     "source_commit_id!: string, destination_commit_id!: string, base_commit_id!: string"},
    {"GarbageCollectionConfig", "grace_period: int"},
    {"GarbageCollectionPrepareResponse",
     "run_id!: string, gc_commits_location!: string, gc_addresses_location!: string, "
     "gc_commits_presigned_url: string"},
    {"GarbageCollectionRule", "branch_id!: string, retention_days!: int(-2147483648..2147483647)"},
    {"GarbageCollectionRules",
     "default_retention_days!: int(-2147483648..2147483647), "
     "branches!: [GarbageCollectionRule]"},
    {"Group", "creation_date!: int64, id!: string, name: string, description: string"},
    {"GroupCreation", "id!: string, description: string"},
    {"GroupList", "results!: [Group], pagination!: Pagination"},
    {"HookRun",
     "hook_run_id!: string, action!: string, hook_id!: string, start_time!: date-time, "
     "end_time: date-time, status!: enum(failed|completed|skipped)"},
    {"HookRunList", "pagination!: Pagination, results!: [HookRun]"},
    {"ImportCreation", "paths!: [ImportLocation], commit!: CommitCreation, force: bool = false"},
    {"ImportCreationResponse", "id!: string"},
    {"ImportLocation", "type!: enum(common_prefix|object), path!: string, destination!: string"},
    {"ImportStatus",
     "update_time!: date-time, completed!: bool, ingested_objects: int64, metarange_id: string, "
     "commit: Commit, error: Error"},
    {"InstallationUsageReport", "installation_id!: string, reports!: [UsageReport]"},
    {"LoginConfig",
     "RBAC: enum(none|simplified|internal|external), username_ui_placeholder: string, "
     "password_ui_placeholder: string, login_url!: string, "
     "login_url_method: enum(none|redirect|select), login_failed_message: string, "
     "fallback_login_url: string, fallback_login_label: string, login_cookie_names!: [string], "
     "logout_url!: string"},
    {"LoginInformation", "access_key_id!: string, secret_access_key!: string"},
    {"Merge",
     "message: string, metadata: map<string>, strategy: string, force: bool = false, "
     "allow_empty: bool = false, squash_merge: bool = false"},
    {"MergeResult", "reference!: string"},
    {"ObjectCopyCreation",
     "src_path!: string, src_ref: string, force: bool = false, shallow: bool = false"},
    {"ObjectError", "status_code!: int, message!: string, path: string"},
    {"ObjectErrorList", "errors!: [ObjectError]"},
    {"ObjectStageCreation",
     "physical_address!: string, checksum!: string, size_bytes!: int64(0..), "
     "mtime: int64(-62135596800..253402300799), metadata: ObjectUserMetadata, content_type: "
     "string, force: bool = false"},
    {"ObjectStats",
     "checksum!: string, physical_address!: string, physical_address_expiry: int64, "
     "path!: string, path_type!: enum(common_prefix|object), size_bytes: int64, mtime!: int64, "
     "metadata: ObjectUserMetadata, content_type: string"},
    {"ObjectStatsList", "pagination!: Pagination, results!: [ObjectStats]"},
    {"ObjectUserMetadata", "map<string>"},
    {"Pagination",
     "has_more!: bool, max_per_page!: int(0..), results!: int(0..), next_offset!: string"},
    {"PathList", "paths!: [string]"},
    {"Policy", "id!: string, creation_date: int64, statement!: [Statement](min 1)"},
    {"PolicyCondition", "map<[string]>"},
    {"PolicyList", "pagination!: Pagination, results!: [Policy]"},
    {"PrepareGCUncommittedRequest", "continuation_token: string"},
    {"PrepareGCUncommittedResponse",
     "run_id!: string, gc_uncommitted_location!: string, continuation_token: string"},
    {"PrepareGarbageCollectionCommitsStatus",
     "task_id!: string, completed!: bool, update_time!: date-time, "
     "result: GarbageCollectionPrepareResponse, error: Error"},
    {"PresignMultipartUpload",
     "upload_id!: string, physical_address!: string, presigned_urls: [string]"},
    {"PullRequest",
     "status!: enum(open|closed|merged), title!: string, description!: string, id!: string, "
     "creation_date!: date-time, author!: string, source_branch!: string, "
     "destination_branch!: string, merged_commit_id: string, closed_date: date-time"},
    {"PullRequestBasic", "status: enum(open|closed|merged), title: string, description: string"},
    {"PullRequestCreation",
     "title!: string, description: string, source_branch!: string, destination_branch!: string"},
    {"PullRequestCreationResponse", "id!: string"},
    {"PullRequestsList", "pagination!: Pagination, results!: [PullRequest]"},
    {"Ref", "id!: string, commit_id!: string"},
    {"RefList", "pagination!: Pagination, results!: [Ref]"},
    {"RefsDump",
     "branches_meta_range_id!: string, tags_meta_range_id!: string, "
     "commits_meta_range_id!: string"},
    {"RefsRestore",
     "branches_meta_range_id!: string, tags_meta_range_id!: string, "
     "commits_meta_range_id!: string, force: bool = false"},
    {"Repository",
     "creation_date!: int64, id!: string, default_branch!: string, storage_id: string, "
     "storage_namespace!: string, read_only: bool"},
    {"RepositoryCreation",
     "name!: string(pattern repository), storage_id: string, "
     "storage_namespace!: string(pattern namespace), default_branch: string, "
     "sample_data: bool = false, read_only: bool = false"},
    {"RepositoryDumpStatus",
     "id!: string, done!: bool, update_time!: date-time, error: string, refs: RefsDump"},
    {"RepositoryList", "pagination!: Pagination, results!: [Repository]"},
    {"RepositoryMetadata", "map<string>"},
    {"RepositoryMetadataKeys", "keys!: [string]"},
    {"RepositoryMetadataSet", "metadata!: map<string>"},
    {"RepositoryRestoreStatus", "id!: string, done!: bool, update_time!: date-time, error: string"},
    {"ResetCreation", "type!: enum(object|common_prefix|reset), path: string, force: bool = false"},
    {"RevertCreation",
     "parent_number!: int, ref!: string, commit_overrides: CommitOverrides, "
     "force: bool = false, allow_empty: bool = false"},
    {"RunningHookRun",
     "hook_run_id!: string, action!: string, hook_id!: string, start_time!: date-time, "
     "end_time: date-time, status!: enum(failed|completed|skipped|running|waiting)"},
    {"RunningRun",
     "run_id!: string, branch!: string, start_time!: date-time, commit_id!: string, "
     "event_type!: string, status!: enum(running), hooks!: [RunningHookRun]"},
    {"RunningRunList", "results!: [RunningRun]"},
    {"Setup",
     "username!: string, key: AccessKeyCredentials, firstName: string, lastName: string, "
     "email: string, companyName: string, featureUpdates: bool, securityUpdates: bool"},
    {"SetupState",
     "state: enum(initialized|not_initialized), comm_prefs_missing: bool, "
     "login_config: LoginConfig"},
    {"StagingLocation",
     "physical_address: string, presigned_url: string?, presigned_url_expiry: int64"},
    {"StagingMetadata",
     "staging!: StagingLocation, checksum!: string, size_bytes!: int64(0..), "
     "user_metadata: map<string>, content_type: string, mtime: int64(-62135596800..253402300799), "
     "force: bool = false"},
    {"Statement",
     "effect!: enum(allow|deny), resource!: string, action!: [string](min 1), "
     "condition: map<PolicyCondition>"},
    {"StatsEvent", "class!: string, name!: string, count!: int"},
    {"StatsEventsList", "events!: [StatsEvent]"},
    {"StorageConfig",
     "blockstore_type!: string, blockstore_namespace_example!: string, "
     "blockstore_namespace_ValidityRegex!: string, default_namespace_prefix: string, "
     "pre_sign_support!: bool, pre_sign_support_ui!: bool, import_support!: bool, "
     "import_validity_regex!: string, pre_sign_multipart_upload: bool, blockstore_id: string, "
     "blockstore_description: string"},
    {"StorageConfigList", "[StorageConfig]"},
    {"StorageURI", "location!: string"},
    {"StsAuthRequest", "code!: string, state!: string, redirect_uri!: string, ttl_seconds: int64"},
    {"TagCreation", "id!: string, ref!: string, force: bool = false"},
    {"TaskCreation", "id!: string"},
    {"TaskInfo", "id!: string"},
    {"UIConfig", "custom_viewers: [CustomViewer]"},
    {"UnderlyingObjectProperties", "storage_class: string?"},
    {"UpdateObjectUserMetadata", "set!: ObjectUserMetadata"},
    {"UploadPart", "part_number!: int, etag!: string"},
    {"UploadPartCopyFrom", "physical_address!: string, copy_source!: CopyPartSource"},
    {"UploadPartFrom", "physical_address!: string"},
    {"UploadTo", "presigned_url!: string"},
    {"UsageReport", "year!: int, month!: int, count!: int64"},
    {"User", "id!: string, creation_date!: int64, friendly_name: string, email: string"},
    {"UserCreation", "id!: string, invite_user: bool"},
    {"UserList", "pagination!: Pagination, results!: [User]"},
    {"VersionConfig",
     "version: string, version_context: string, latest_version: string, "
     "upgrade_recommended: bool, upgrade_url: string"},
};

}  // namespace

std::span<const SchemaLine> SchemaTable() { return kTable; }

}  // namespace tarn::rest
