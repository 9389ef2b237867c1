// Operations of our own, which the contract of the reference does not have (docs/differences.md).
#include "rest/contract/operation.h"
#include "rest/contract/permissions.h"
#include "rest/handlers/handlers.h"

namespace tarn::rest {
namespace {

using namespace permissions;  // NOLINT: the table is unreadable otherwise

// Whoever may run a file without an event could also store it and make the event happen.
constexpr Permission kDryRun[] = {
    {"ci:ReadAction", kRepository},
    {"fs:WriteObject",
     "arn:lakefs:fs:::repository/{repository}/object/_lakefs_actions/dry_run.yaml"},
    {"fs:CreateCommit", "arn:lakefs:fs:::repository/{repository}/branch/{ref}"}};

constexpr Operation kTable[] = {
    {.id = "simulateAccess",
     .tags = {"auth"},
     .method = "POST",
     .path = "/auth/simulate",
     .summary = "Say whether a user may do something, and by which statement of which policy.",
     .body = {BodyKind::kJson, "AccessQuestion"},
     .success = {200, "AccessAnswer"},
     .errors = {400, 401, 404, 429},
     .permission = {"auth:ReadUser", "arn:lakefs:auth:::user/{user}"},
     .feature = Feature::kPolicies,
     .event = "simulate_access",
     .handler = &SimulateAccess},
    {.id = "listRunningRuns",
     .tags = {"actions"},
     .method = "GET",
     .path = "/repositories/{repository}/actions/running",
     .summary = "List the runs of actions that are going on.",
     .success = {200, "RunningRunList"},
     .errors = {401, 404, 429},
     .permission = {"ci:ReadAction", kRepository},
     .event = "actions_running_runs",
     .handler = &ListRunningRuns},
    {.id = "dryRunActions",
     .tags = {"actions"},
     .method = "POST",
     .path = "/repositories/{repository}/actions/dry_run",
     .summary = "Run the hooks of an action file as if an event happened, and record nothing.",
     .body = {BodyKind::kJson, "ActionDryRunCreation"},
     .success = {200, "ActionDryRun"},
     .errors = {400, 401, 403, 404, 429},
     .permission = AllOf(kDryRun),
     .event = "actions_dry_run",
     .pool = http::Pool::kVerbs,
     .handler = &DryRunActions},
};

}  // namespace

std::span<const Operation> OwnOperations() { return kTable; }

}  // namespace tarn::rest
