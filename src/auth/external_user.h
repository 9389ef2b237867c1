// Somebody whom another service vouches for, and who becomes a user here on first sight. Level 7;
// thread-safe functions that wait for the store.
#pragma once

#include <string>
#include <vector>

#include "auth/directory.h"
#include "base/clock.h"

namespace tarn::auth {

struct ExternalUser {
  std::string id;        ///< How the service calls them for good; empty: by the user name.
  std::string username;  ///< Of the user who is made.
  std::string friendly_name;
  bool keep_friendly_name = false;  ///< Else it is only told to who asks now.
  std::string source;               ///< Who vouches: "oidc".
  std::vector<std::string> groups;  ///< Which a user who is made is put into.
};

/// The user with the external id; made if there is none, and then without what is not said of them
/// yet (User::has_email, has_friendly_name), as the reference tells it. What cannot be done about
/// groups and the friendly name of a user who is there is logged. kUnauthenticated for an empty id,
/// and where the user name is somebody else's; errors of Directory::FindUserByExternalId and
/// CreateUser.
Result<User> AdmitUser(Directory& directory, Clock& clock, const ExternalUser& external);
/// The same for a service that knows user names: whoever has the name is meant. Errors of
/// Directory::FindUser, CreateUser and AddMember; a group that is missing keeps out this once.
Result<User> AdmitNamedUser(Directory& directory, Clock& clock, const ExternalUser& external);

}  // namespace tarn::auth
