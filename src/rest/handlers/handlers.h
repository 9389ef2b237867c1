// The handlers that the operation tables name: one function per operation, one file per resource.
//
// A handler takes typed arguments from the Call, calls the core, and encodes the answer. Errors,
// permissions, logs and metrics are not its business. Level 8; thread-safe.
#pragma once

#include <memory>

#include "rest/contract/operation.h"

namespace tarn::rest {

// repositories.cc
Result<http::Response> ListRepositories(Call& call);
Result<http::Response> CreateRepository(Call& call);
Result<http::Response> GetRepository(Call& call);
Result<http::Response> DeleteRepository(Call& call);
Result<http::Response> GetRepositoryMetadata(Call& call);
Result<http::Response> SetRepositoryMetadata(Call& call);
Result<http::Response> DeleteRepositoryMetadata(Call& call);

// branches.cc
Result<http::Response> ListBranches(Call& call);
Result<http::Response> CreateBranch(Call& call);
Result<http::Response> GetBranch(Call& call);
Result<http::Response> DeleteBranch(Call& call);
Result<http::Response> ResetBranch(Call& call);
Result<http::Response> HardResetBranch(Call& call);

// protection.cc
Result<http::Response> GetBranchProtectionRules(Call& call);
Result<http::Response> SetBranchProtectionRules(Call& call);
Result<http::Response> AddBranchProtectionRule(Call& call);
Result<http::Response> DeleteBranchProtectionRule(Call& call);

// gc.cc
Result<http::Response> GetGCRules(Call& call);
Result<http::Response> SetGCRules(Call& call);
Result<http::Response> DeleteGCRules(Call& call);
Result<http::Response> PrepareGCCommits(Call& call);
Result<http::Response> PrepareGCCommitsAsync(Call& call);
Result<http::Response> PrepareGCCommitsStatus(Call& call);
Result<http::Response> PrepareGCUncommitted(Call& call);

// refs_dump.cc
Result<http::Response> DumpRefs(Call& call);
Result<http::Response> RestoreRefs(Call& call);
Result<http::Response> DumpSubmit(Call& call);
Result<http::Response> DumpStatus(Call& call);
Result<http::Response> RestoreSubmit(Call& call);
Result<http::Response> RestoreStatus(Call& call);

// tags.cc
Result<http::Response> ListTags(Call& call);
Result<http::Response> CreateTag(Call& call);
Result<http::Response> GetTag(Call& call);
Result<http::Response> DeleteTag(Call& call);

// commits.cc
Result<http::Response> Commit(Call& call);
Result<http::Response> CreateCommitRecord(Call& call);
Result<http::Response> GetCommit(Call& call);
Result<http::Response> LogCommits(Call& call);
Result<http::Response> RevertBranch(Call& call);
Result<http::Response> CherryPick(Call& call);

// refs.cc
Result<http::Response> DiffBranch(Call& call);
Result<http::Response> DiffRefs(Call& call);
Result<http::Response> MergeIntoBranch(Call& call);
Result<http::Response> FindMergeBase(Call& call);
Result<http::Response> CreateSymlinkFile(Call& call);

// pulls.cc
Result<http::Response> ListPullRequests(Call& call);
Result<http::Response> CreatePullRequest(Call& call);
Result<http::Response> GetPullRequest(Call& call);
Result<http::Response> UpdatePullRequest(Call& call);
Result<http::Response> MergePullRequest(Call& call);

// actions.cc
Result<http::Response> ListRepositoryRuns(Call& call);
Result<http::Response> GetRun(Call& call);
Result<http::Response> ListRunHooks(Call& call);
Result<http::Response> GetRunHookOutput(Call& call);
Result<http::Response> ListRunningRuns(Call& call);
Result<http::Response> DryRunActions(Call& call);

// objects_read.cc
Result<http::Response> GetObject(Call& call);
Result<http::Response> StatObject(Call& call);
Result<http::Response> ListObjects(Call& call);
Result<http::Response> GetUnderlyingProperties(Call& call);

// objects_write.cc
Result<std::unique_ptr<BodyTaker>> UploadObject(Call& call);
Result<http::Response> DeleteObject(Call& call);
Result<http::Response> DeleteObjects(Call& call);

// objects_change.cc
Result<http::Response> StageObject(Call& call);
Result<http::Response> CopyObject(Call& call);
Result<http::Response> UpdateObjectUserMetadata(Call& call);

// staging.cc
Result<http::Response> GetPhysicalAddress(Call& call);
Result<http::Response> LinkPhysicalAddress(Call& call);

// presigned_parts.cc
Result<http::Response> CreatePresignMultipartUpload(Call& call);
Result<http::Response> CompletePresignMultipartUpload(Call& call);
Result<http::Response> AbortPresignMultipartUpload(Call& call);
Result<http::Response> UploadPart(Call& call);
Result<http::Response> UploadPartCopy(Call& call);

// imports.cc
Result<http::Response> ImportStart(Call& call);
Result<http::Response> ImportStatus(Call& call);
Result<http::Response> ImportCancel(Call& call);

// metadata.cc
Result<http::Response> GetMetaRange(Call& call);
Result<http::Response> GetRange(Call& call);
Result<http::Response> GetMetadataObject(Call& call);

// config.cc
Result<http::Response> GetConfig(Call& call);
Result<http::Response> GetVersion(Call& call);
Result<http::Response> GetStorageConfig(Call& call);
Result<http::Response> GetGarbageCollectionConfig(Call& call);
Result<http::Response> PostStatsEvents(Call& call);
Result<http::Response> GetUsageReportSummary(Call& call);

// setup.cc
Result<http::Response> GetSetupState(Call& call);
Result<http::Response> Setup(Call& call);
Result<http::Response> SetupCommPrefs(Call& call);

// auth_sign_in.cc
Result<http::Response> GetCurrentUser(Call& call);
Result<http::Response> Login(Call& call);
Result<http::Response> ExternalPrincipalLogin(Call& call);
Result<http::Response> StsLogin(Call& call);
Result<http::Response> GetAuthCapabilities(Call& call);

// auth_users.cc
Result<http::Response> ListUsers(Call& call);
Status CheckNewUser(const Call& call);
Result<http::Response> CreateUser(Call& call);
Result<http::Response> GetUser(Call& call);
Result<http::Response> DeleteUser(Call& call);
Result<http::Response> ListCredentials(Call& call);
Result<http::Response> CreateCredentials(Call& call);
Result<http::Response> GetCredentials(Call& call);
Result<http::Response> DeleteCredentials(Call& call);
Result<http::Response> ListUserGroups(Call& call);

// auth_groups.cc
Result<http::Response> ListGroups(Call& call);
Result<http::Response> CreateGroup(Call& call);
Result<http::Response> GetGroup(Call& call);
Result<http::Response> DeleteGroup(Call& call);
Result<http::Response> ListGroupMembers(Call& call);
Result<http::Response> AddGroupMembership(Call& call);
Result<http::Response> DeleteGroupMembership(Call& call);
Result<http::Response> GetGroupAcl(Call& call);
Result<http::Response> SetGroupAcl(Call& call);

// auth_policies.cc
Result<http::Response> ListPolicies(Call& call);
Result<http::Response> CreatePolicy(Call& call);
Result<http::Response> GetPolicy(Call& call);
Result<http::Response> UpdatePolicy(Call& call);
Result<http::Response> DeletePolicy(Call& call);
Result<http::Response> ListUserPolicies(Call& call);
Result<http::Response> SimulateAccess(Call& call);
Result<http::Response> AttachPolicyToUser(Call& call);
Result<http::Response> DetachPolicyFromUser(Call& call);
Result<http::Response> ListGroupPolicies(Call& call);
Result<http::Response> AttachPolicyToGroup(Call& call);
Result<http::Response> DetachPolicyFromGroup(Call& call);

// auth_principals.cc
Result<http::Response> CreateUserExternalPrincipal(Call& call);
Result<http::Response> DeleteUserExternalPrincipal(Call& call);
Result<http::Response> ListUserExternalPrincipals(Call& call);
Result<http::Response> GetExternalPrincipal(Call& call);

// common.cc
/// Answers the row's success status without a body, after the layers did all the work.
Result<http::Response> AnswerEmpty(Call& call);
/// 501 "Not Implemented".
Result<http::Response> AnswerNotImplemented(Call& call);

}  // namespace tarn::rest
