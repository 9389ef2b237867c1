#include <array>

#include "authserver/handlers.h"
#include "authserver/operation.h"

namespace tarn::authserver {
namespace {

constexpr Field kUser[] = {{"username"},
                           {"email"},
                           {"friendlyName"},
                           {"encryptedPassword", FieldType::kBase64},
                           {"external_id"},
                           {"source"},
                           {"invite", FieldType::kBoolean}};
constexpr Field kPassword[] = {{"encryptedPassword", FieldType::kBase64, /*required=*/true}};
constexpr Field kFriendlyName[] = {{"friendly_name", FieldType::kText, /*required=*/true}};
constexpr Field kGroup[] = {{"id"}, {"description"}};
constexpr Field kPolicy[] = {{"name"},
                             {"acl"},
                             {"creation_date", FieldType::kInteger},
                             {"statement", FieldType::kStatements}};
constexpr Field kTokenId[] = {{"token_id", FieldType::kText, /*required=*/true},
                              {"expires_at", FieldType::kInteger, /*required=*/true}};

constexpr std::string_view kAttachment = "policy attachment not found";
constexpr std::string_view kCredentials = "credentials not found";
constexpr std::string_view kPrincipal = "external principal not found";

constexpr auto kOperations = std::to_array<Operation>({
    {"listUsers", "GET", "/auth/users", ListUsers},
    {"createUser", "POST", "/auth/users", CreateUser, kUser},
    {"getUser", "GET", "/auth/users/{userId}", GetUser},
    {"deleteUser", "DELETE", "/auth/users/{userId}", DeleteUser},
    {"updatePassword", "PUT", "/auth/users/{userId}/password", UpdatePassword, kPassword},
    {"updateUserFriendlyName", "PUT", "/auth/users/{userId}/friendly_name", UpdateFriendlyName,
     kFriendlyName},
    {"listGroups", "GET", "/auth/groups", ListGroups},
    {"createGroup", "POST", "/auth/groups", CreateGroup, kGroup},
    {"getGroup", "GET", "/auth/groups/{groupId}", GetGroup},
    {"deleteGroup", "DELETE", "/auth/groups/{groupId}", DeleteGroup},
    {"listGroupMembers", "GET", "/auth/groups/{groupId}/members", ListMembers},
    {"addGroupMembership", "PUT", "/auth/groups/{groupId}/members/{userId}", AddMember},
    {"deleteGroupMembership", "DELETE", "/auth/groups/{groupId}/members/{userId}", RemoveMember},
    {"listPolicies", "GET", "/auth/policies", ListPolicies},
    {"createPolicy", "POST", "/auth/policies", CreatePolicy, kPolicy},
    {"getPolicy", "GET", "/auth/policies/{policyId}", GetPolicy},
    {"updatePolicy", "PUT", "/auth/policies/{policyId}", UpdatePolicy, kPolicy},
    {"deletePolicy", "DELETE", "/auth/policies/{policyId}", DeletePolicy},
    {"listGroupPolicies", "GET", "/auth/groups/{groupId}/policies", ListGroupPolicies},
    {"attachPolicyToGroup", "PUT", "/auth/groups/{groupId}/policies/{policyId}", AttachToGroup},
    {.id = "detachPolicyFromGroup",
     .method = "DELETE",
     .path = "/auth/groups/{groupId}/policies/{policyId}",
     .handler = DetachFromGroup,
     .missing = kAttachment},
    {"listUserPolicies", "GET", "/auth/users/{userId}/policies", ListUserPolicies},
    {"attachPolicyToUser", "PUT", "/auth/users/{userId}/policies/{policyId}", AttachToUser},
    {.id = "detachPolicyFromUser",
     .method = "DELETE",
     .path = "/auth/users/{userId}/policies/{policyId}",
     .handler = DetachFromUser,
     .missing = kAttachment},
    {"listUserGroups", "GET", "/auth/users/{userId}/groups", ListUserGroups},
    {"listUserCredentials", "GET", "/auth/users/{userId}/credentials", ListCredentials},
    {"createCredentials", "POST", "/auth/users/{userId}/credentials", CreateCredentials},
    {.id = "getCredentialsForUser",
     .method = "GET",
     .path = "/auth/users/{userId}/credentials/{accessKeyId}",
     .handler = GetUserCredentials,
     .missing = kCredentials},
    {.id = "deleteCredentials",
     .method = "DELETE",
     .path = "/auth/users/{userId}/credentials/{accessKeyId}",
     .handler = DeleteCredentials,
     .missing = kCredentials},
    {.id = "getCredentials",
     .method = "GET",
     .path = "/auth/credentials/{accessKeyId}",
     .handler = GetCredentials,
     .missing = kCredentials},
    {"listUserExternalPrincipals", "GET", "/auth/users/{userId}/external/principals/ls",
     ListPrincipals},
    {"createUserExternalPrincipal", "POST", "/auth/users/{userId}/external/principals",
     CreatePrincipal},
    {.id = "deleteUserExternalPrincipal",
     .method = "DELETE",
     .path = "/auth/users/{userId}/external/principals",
     .handler = DeletePrincipal,
     .missing = kPrincipal},
    {.id = "getExternalPrincipal",
     .method = "GET",
     .path = "/auth/external/principals",
     .handler = GetPrincipal,
     .missing = kPrincipal},
    {"claimTokenId", "POST", "/auth/tokenid/claim", ClaimTokenId, kTokenId},
    {kHealthCheckId, "GET", "/healthcheck", HealthCheck},
    {"getVersion", "GET", "/config/version", GetVersion},
});

}  // namespace

std::span<const Operation> Operations() { return kOperations; }

}  // namespace tarn::authserver
