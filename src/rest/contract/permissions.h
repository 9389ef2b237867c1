// Resources and combined permissions of the operation tables. Names in braces are parameters of the
// operation, else properties of its body, with dots between levels ("{paths.destination}": of the
// item of a list that a ForEach is at). decision.h says what else they may be. Level 8; constant
// data.
#pragma once

#include <string_view>

#include "auth/permission.h"

namespace tarn::rest::permissions {

using auth::AllOf;
using auth::kEverything;
using auth::Permission;

using Text = std::string_view;

inline constexpr Text kNewRepository = "arn:lakefs:fs:::repository/{name}";
inline constexpr Text kRepository = "arn:lakefs:fs:::repository/{repository}";
inline constexpr Text kNamespace = "arn:lakefs:fs:::namespace/{storage_namespace}";
inline constexpr Text kNewBranch = "arn:lakefs:fs:::repository/{repository}/branch/{name}";
inline constexpr Text kBranch = "arn:lakefs:fs:::repository/{repository}/branch/{branch}";
/// The text of the ref stands in the place of a branch, whatever it is.
inline constexpr Text kRefAsBranch = "arn:lakefs:fs:::repository/{repository}/branch/{ref}";
inline constexpr Text kDestinationBranch =
    "arn:lakefs:fs:::repository/{repository}/branch/{destinationBranch}";
inline constexpr Text kDestinationOfPull =
    "arn:lakefs:fs:::repository/{repository}/branch/{pull_request.destination}";
inline constexpr Text kNewTag = "arn:lakefs:fs:::repository/{repository}/tag/{id}";
inline constexpr Text kTag = "arn:lakefs:fs:::repository/{repository}/tag/{tag}";
inline constexpr Text kObject = "arn:lakefs:fs:::repository/{repository}/object/{path}";
/// The name of the branch stands in the place of a path.
inline constexpr Text kBranchAsObject = "arn:lakefs:fs:::repository/{repository}/object/{branch}";
inline constexpr Text kEachObject = "arn:lakefs:fs:::repository/{repository}/object/{paths}";
inline constexpr Text kNewUser = "arn:lakefs:auth:::user/{id}";
inline constexpr Text kUser = "arn:lakefs:auth:::user/{userId}";
inline constexpr Text kNewGroup = "arn:lakefs:auth:::group/{id}";
inline constexpr Text kGroup = "arn:lakefs:auth:::group/{groupId}";
inline constexpr Text kNewPolicy = "arn:lakefs:auth:::policy/{id}";
inline constexpr Text kPolicy = "arn:lakefs:auth:::policy/{policyId}";
inline constexpr Text kPolicyOfGroup = "arn:lakefs:auth:::policy/ACL(_-_){groupId}";
inline constexpr Text kExternalPrincipal = "arn:lakefs:auth:::externalPrincipal/{principalId}";

inline constexpr Permission kMakeRepository[] = {{"fs:CreateRepository", kNewRepository},
                                                 {"fs:AttachStorageNamespace", kNamespace}};
inline constexpr Permission kDump[] = {{"fs:ListTags", kRepository},
                                       {"fs:ListBranches", kRepository},
                                       {"fs:ListCommits", kRepository}};
inline constexpr Permission kRestore[] = {{"fs:CreateTag", kRepository},
                                          {"fs:CreateBranch", kRepository},
                                          {"fs:CreateCommit", kRepository}};
inline constexpr Permission kReadMetadata[] = {{"fs:ListObjects", kRepository},
                                               {"fs:ReadRepository", kRepository}};
inline constexpr Permission kCherryPick[] = {{"fs:CreateCommit", kBranch},
                                             {"fs:ReadCommit", kRepository}};
inline constexpr Permission kMergePull[] = {{"fs:CreateCommit", kDestinationOfPull},
                                            {"pr:WritePullRequest", kRepository}};
inline constexpr Permission kCopy[] = {
    {"fs:ReadObject", "arn:lakefs:fs:::repository/{repository}/object/{src_path}"},
    {"fs:WriteObject", "arn:lakefs:fs:::repository/{repository}/object/{dest_path}"}};
inline constexpr Permission kCopyPart[] = {
    {"fs:WriteObject", kObject},
    {"fs:ReadObject",
     "arn:lakefs:fs:::repository/{copy_source.repository}/object/{copy_source.path}"}};
inline constexpr Permission kImportSource[] = {
    {"fs:ImportFromStorage", "arn:lakefs:fs:::namespace/{paths.path}"},
    {"fs:WriteObject", "arn:lakefs:fs:::repository/{repository}/object/{paths.destination}"}};
inline constexpr Permission kImport[] = {{"fs:WriteObject", kBranch},
                                         {"fs:CreateCommit", kBranch},
                                         auth::ForEach("paths", kImportSource)};
inline constexpr Permission kReadGroupAcl[] = {{"auth:ReadGroup", kGroup},
                                               {"auth:ReadPolicy", kPolicyOfGroup}};
inline constexpr Permission kWriteGroupAcl[] = {{"auth:ReadGroup", kGroup},
                                                {"auth:AttachPolicy", kPolicyOfGroup},
                                                {"auth:UpdatePolicy", kPolicyOfGroup}};

/// What a presigned address of a listed object needs, beside the permission to list it.
inline constexpr Permission kReadListed = {"fs:ReadObject", kObject};

}  // namespace tarn::rest::permissions
