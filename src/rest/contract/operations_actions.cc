#include "rest/contract/common_parameters.h"
#include "rest/contract/operation.h"
#include "rest/contract/permissions.h"
#include "rest/handlers/handlers.h"

namespace tarn::rest {
namespace {

using namespace params;  // NOLINT: the table is unreadable otherwise
using namespace permissions;

constexpr Parameter kPullStatus{.name = "status",
                                .default_value = "all",
                                .allowed = {"open", "closed", "all"},
                                .description = "Which ones; merged ones are closed."};
constexpr Parameter kRunBranch{
    .name = "branch", .allow_empty = true, .description = "Only runs of this branch."};
constexpr Parameter kRunCommit{
    .name = "commit", .allow_empty = true, .description = "Only runs of this commit."};

constexpr Operation kTable[] = {
    {.id = "listPullRequests",
     .tags = {"pulls", "experimental"},
     .method = "GET",
     .path = "/repositories/{repository}/pulls",
     .summary = "List pull requests.",
     .parameters = {&kPrefix, &kAfter, &kAmount, &kPullStatus},
     .success = {200, "PullRequestsList"},
     .errors = {400, 401, 404, 429},
     .permission = {"pr:ListPullRequests", kRepository},
     .event = "list_pull_requests",
     .try_inline = true,
     .handler = &ListPullRequests},
    {.id = "createPullRequest",
     .tags = {"pulls", "experimental"},
     .method = "POST",
     .path = "/repositories/{repository}/pulls",
     .summary = "Create a pull request.",
     .body = {BodyKind::kJson, "PullRequestCreation"},
     .success = {201, "PullRequestCreationResponse"},
     .errors = {400, 401, 403, 404, 409, 429},
     .permission = {"pr:WritePullRequest", kRepository},
     .event = "create_pull_request",
     .handler = &CreatePullRequest},
    {.id = "getPullRequest",
     .tags = {"pulls", "experimental"},
     .method = "GET",
     .path = "/repositories/{repository}/pulls/{pull_request}",
     .summary = "Get a pull request.",
     .success = {200, "PullRequest"},
     .errors = {400, 401, 404, 429},
     .permission = {"pr:ReadPullRequest", kRepository},
     .event = "get_pull_request",
     .try_inline = true,
     .handler = &GetPullRequest},
    {.id = "updatePullRequest",
     .tags = {"pulls", "experimental"},
     .method = "PATCH",
     .path = "/repositories/{repository}/pulls/{pull_request}",
     .summary = "Change a pull request.",
     .body = {BodyKind::kJson, "PullRequestBasic"},
     .success = {204},
     .errors = {400, 401, 403, 404, 429},
     .permission = {"pr:WritePullRequest", kRepository},
     .event = "update_pull_request",
     .handler = &UpdatePullRequest},
    {.id = "mergePullRequest",
     .tags = {"pulls", "experimental"},
     .method = "PUT",
     .path = "/repositories/{repository}/pulls/{pull_request}/merge",
     .summary = "Merge a pull request.",
     .success = {200, "MergeResult"},
     .errors = {400, 401, 403, 404, 409, 412, 429},
     .permission = AllOf(kMergePull),
     .event = "merge_pull_request",
     .pool = http::Pool::kVerbs,
     .handler = &MergePullRequest},
    {.id = "listRepositoryRuns",
     .tags = {"actions"},
     .method = "GET",
     .path = "/repositories/{repository}/actions/runs",
     .summary = "List runs of actions.",
     .parameters = {&kAfter, &kAmount, &kRunBranch, &kRunCommit},
     .success = {200, "ActionRunList"},
     .errors = {400, 401, 404, 429},
     .permission = {"ci:ReadAction", kRepository},
     .event = "actions_repository_runs",
     .handler = &ListRepositoryRuns},
    {.id = "getRun",
     .tags = {"actions"},
     .method = "GET",
     .path = "/repositories/{repository}/actions/runs/{run_id}",
     .summary = "Get a run.",
     .success = {200, "ActionRun"},
     .errors = {400, 401, 404, 429},
     .permission = {"ci:ReadAction", kRepository},
     .event = "actions_get_run",
     .handler = &GetRun},
    {.id = "listRunHooks",
     .tags = {"actions"},
     .method = "GET",
     .path = "/repositories/{repository}/actions/runs/{run_id}/hooks",
     .summary = "List the hooks of a run.",
     .parameters = {&kAfter, &kAmount},
     .success = {200, "HookRunList"},
     .errors = {400, 401, 404, 429},
     .permission = {"ci:ReadAction", kRepository},
     .event = "actions_list_run_hooks",
     .handler = &ListRunHooks},
    {.id = "getRunHookOutput",
     .tags = {"actions"},
     .method = "GET",
     .path = "/repositories/{repository}/actions/runs/{run_id}/hooks/{hook_run_id}/output",
     .summary = "What a hook printed.",
     .success = {200, "string", "application/octet-stream"},
     .errors = {400, 401, 404, 429},
     .permission = {"ci:ReadAction", kRepository},
     .event = "actions_run_hook_output",
     .pool = http::Pool::kDisk,
     .handler = &GetRunHookOutput},
};

}  // namespace

std::span<const Operation> ActionOperations() { return kTable; }

}  // namespace tarn::rest
