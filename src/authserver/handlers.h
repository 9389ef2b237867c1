// The handlers of the operations, by resource. Level 8; thread-safe, may wait.
#pragma once

#include "authserver/call.h"
#include "base/result.h"
#include "http/message.h"

namespace tarn::authserver {

// users.cc
Result<http::Response> ListUsers(Call& call);
Result<http::Response> CreateUser(Call& call);
Result<http::Response> GetUser(Call& call);
Result<http::Response> DeleteUser(Call& call);
Result<http::Response> UpdatePassword(Call& call);
Result<http::Response> UpdateFriendlyName(Call& call);

// groups.cc
Result<http::Response> ListGroups(Call& call);
Result<http::Response> CreateGroup(Call& call);
Result<http::Response> GetGroup(Call& call);
Result<http::Response> DeleteGroup(Call& call);
Result<http::Response> ListMembers(Call& call);
Result<http::Response> AddMember(Call& call);
Result<http::Response> RemoveMember(Call& call);
Result<http::Response> ListUserGroups(Call& call);

// policies.cc
Result<http::Response> ListPolicies(Call& call);
Result<http::Response> CreatePolicy(Call& call);
Result<http::Response> GetPolicy(Call& call);
Result<http::Response> UpdatePolicy(Call& call);
Result<http::Response> DeletePolicy(Call& call);

// attachments.cc
Result<http::Response> ListGroupPolicies(Call& call);
Result<http::Response> AttachToGroup(Call& call);
Result<http::Response> DetachFromGroup(Call& call);
Result<http::Response> ListUserPolicies(Call& call);
Result<http::Response> AttachToUser(Call& call);
Result<http::Response> DetachFromUser(Call& call);

// credentials.cc
Result<http::Response> ListCredentials(Call& call);
Result<http::Response> CreateCredentials(Call& call);
Result<http::Response> GetUserCredentials(Call& call);
Result<http::Response> DeleteCredentials(Call& call);
Result<http::Response> GetCredentials(Call& call);

// principals.cc
Result<http::Response> ListPrincipals(Call& call);
Result<http::Response> CreatePrincipal(Call& call);
Result<http::Response> DeletePrincipal(Call& call);
Result<http::Response> GetPrincipal(Call& call);

// system.cc
Result<http::Response> ClaimTokenId(Call& call);
Result<http::Response> HealthCheck(Call& call);
Result<http::Response> GetVersion(Call& call);

}  // namespace tarn::authserver
