#include "rest/common_parameters.h"
#include "rest/handlers.h"
#include "rest/operation.h"

namespace tarn::rest {
namespace {

using namespace params;  // NOLINT: the table is unreadable otherwise
using enum Resource;

constexpr Parameter kPullStatus{.name = "status",
                                .default_value = "all",
                                .allowed = {"open", "closed", "all"},
                                .description = "Which ones; merged ones are closed."};
constexpr Parameter kRunBranch{.name = "branch", .description = "Only runs of this branch."};
constexpr Parameter kRunCommit{.name = "commit", .description = "Only runs of this commit."};

constexpr Operation kTable[] = {
    {.id = "listPullRequests",
     .tag = "pulls",
     .method = "GET",
     .path = "/repositories/{repository}/pulls",
     .summary = "List pull requests.",
     .parameters = {&kPrefix, &kAfter, &kAmount, &kPullStatus},
     .success = {200, "PullRequestsList"},
     .permissions = {{"pr:ListPullRequests", kRepository}},
     .event = "list_pull_requests",
     .try_inline = true,
     .handler = &ListPullRequests},
    {.id = "createPullRequest",
     .tag = "pulls",
     .method = "POST",
     .path = "/repositories/{repository}/pulls",
     .summary = "Create a pull request.",
     .body = {BodyKind::kJson, "PullRequestCreation"},
     .success = {201, "PullRequestCreationResponse"},
     .errors = {403, 409},
     .permissions = {{"pr:WritePullRequest", kRepository}},
     .event = "create_pull_request",
     .handler = &CreatePullRequest},
    {.id = "getPullRequest",
     .tag = "pulls",
     .method = "GET",
     .path = "/repositories/{repository}/pulls/{pull_request}",
     .summary = "Get a pull request.",
     .success = {200, "PullRequest"},
     .permissions = {{"pr:ReadPullRequest", kRepository}},
     .event = "get_pull_request",
     .try_inline = true,
     .handler = &GetPullRequest},
    {.id = "updatePullRequest",
     .tag = "pulls",
     .method = "PATCH",
     .path = "/repositories/{repository}/pulls/{pull_request}",
     .summary = "Change a pull request.",
     .body = {BodyKind::kJson, "PullRequestBasic"},
     .success = {204},
     .permissions = {{"pr:WritePullRequest", kRepository}},
     .event = "update_pull_request",
     .handler = &UpdatePullRequest},
    {.id = "mergePullRequest",
     .tag = "pulls",
     .method = "PUT",
     .path = "/repositories/{repository}/pulls/{pull_request}/merge",
     .summary = "Merge a pull request.",
     .success = {200, "MergeResult"},
     .errors = {403, 409, 412},
     .permissions = {{"fs:CreateCommit", kBranch}, {"pr:WritePullRequest", kRepository}},
     .event = "merge_pull_request",
     .pool = http::Pool::kJobs,
     .handler = &MergePullRequest},
    {.id = "listRepositoryRuns",
     .tag = "actions",
     .method = "GET",
     .path = "/repositories/{repository}/actions/runs",
     .summary = "List runs of actions.",
     .parameters = {&kAfter, &kAmount, &kRunBranch, &kRunCommit},
     .success = {200, "ActionRunList"},
     .permissions = {{"ci:ReadAction", kRepository}},
     .event = "actions_repository_runs"},
    {.id = "getRun",
     .tag = "actions",
     .method = "GET",
     .path = "/repositories/{repository}/actions/runs/{run_id}",
     .summary = "Get a run.",
     .success = {200, "ActionRun"},
     .permissions = {{"ci:ReadAction", kRepository}},
     .event = "actions_get_run"},
    {.id = "listRunHooks",
     .tag = "actions",
     .method = "GET",
     .path = "/repositories/{repository}/actions/runs/{run_id}/hooks",
     .summary = "List the hooks of a run.",
     .parameters = {&kAfter, &kAmount},
     .success = {200, "HookRunList"},
     .permissions = {{"ci:ReadAction", kRepository}},
     .event = "actions_list_run_hooks"},
    {.id = "getRunHookOutput",
     .tag = "actions",
     .method = "GET",
     .path = "/repositories/{repository}/actions/runs/{run_id}/hooks/{hook_run_id}/output",
     .summary = "What a hook printed.",
     .success = {200, "string", "application/octet-stream"},
     .errors = {410},
     .permissions = {{"ci:ReadAction", kRepository}},
     .event = "actions_run_hook_output",
     .pool = http::Pool::kDisk},
};

}  // namespace

std::span<const Operation> ActionOperations() { return kTable; }

}  // namespace tarn::rest
