#include "catalog/sample_texts.h"

#include <array>
#include <utility>

namespace tarn::catalog {
namespace {

// Its blocks of Python are run one after the other by a test.
constexpr std::string_view kReadme = R"md(# Welcome to {{repository}}

This is a repository to play with. It holds a table of 100,000 lakes, a few pictures and this
text, all in one commit on the branch `{{branch}}`. Nothing you do here can be lost by accident:
every state has a name, and each of them can be read again.

You will look at the data, change it where nobody is disturbed, publish the change in one step,
and take it back. It takes ten minutes.

## Before you start

You need Python 3.9 or later and an access key of this server. Install the clients:

```sh
pip install lakefs lakefs-spec pandas pyarrow
```

Then say who you are and where the server is, once, in `~/.lakectl.yaml`:

```yaml
server:
  endpoint_url: http://127.0.0.1:8000
credentials:
  access_key_id: ACCESS_KEY_ID
  secret_access_key: SECRET_ACCESS_KEY
```

## 1. Look

A path has three parts: repository, branch (or tag, or commit), and the path of the object.

```python
import pandas

lakes = pandas.read_parquet("lakefs://{{repository}}/{{branch}}/lakes.parquet")
print(lakes.groupby("Country").size().sort_values(ascending=False).head(5))
```

Canada has most lakes, Denmark has some, and they are shallow:

![How many lakes of Denmark are how deep](images/depths-denmark.png)

Where the columns come from is told in
[data/lakes.source.md](data/lakes.source.md).

## 2. Make a branch

![A branch begins at a commit](images/branch.svg)

A branch is a name for a commit. To make one copies no data, whatever the size of the repository.

```python
import lakefs

repository = lakefs.repository("{{repository}}")
main = repository.branch("{{branch}}")
denmark = repository.branch("denmark").create("{{branch}}")
```

## 3. Change the data there

Keep the lakes of Denmark only, and write the table back to where it was, on the new branch:

```python
lakes[lakes["Country"] == "Denmark"].to_parquet(
    "lakefs://{{repository}}/denmark/lakes.parquet", storage_options={"create_branch_ok": False})
```

Each branch has its own view. On `{{branch}}` all lakes are still there:

```python
for branch in ("{{branch}}", "denmark"):
    table = pandas.read_parquet(f"lakefs://{{repository}}/{branch}/lakes.parquet")
    print(branch, len(table), "lakes in", table["Country"].nunique(), "countries")
```

## 4. Commit

![A commit keeps what has changed](images/commit.svg)

What is written is on the branch, and uncommitted. See what it is, then make a commit of it:

```python
for change in denmark.uncommitted():
    print(change.type, change.path)
denmark.commit("Keep the lakes of Denmark", metadata={"reason": "tutorial"})
```

## 5. Publish

![A merge brings a branch into another](images/merge.svg)

The branch `{{branch}}` is protected: nobody writes to it directly. It changes by merges, and a
merge is one step: a reader sees all of it, or nothing.

```python
denmark.merge_into(main)
print(len(pandas.read_parquet("lakefs://{{repository}}/{{branch}}/lakes.parquet")), "lakes")
```

## 6. Take it back

![A revert is a commit that undoes another](images/revert.svg)

All the lakes outside of Denmark are gone, which was a mistake. The states before are all there; a
revert makes a commit that undoes another one. As `{{branch}}` is protected, do it on a branch,
and publish that:

```python
undo = repository.branch("undo").create("{{branch}}")
undo.revert("{{branch}}", parent_number=1)
undo.merge_into(main)
print(len(pandas.read_parquet("lakefs://{{repository}}/{{branch}}/lakes.parquet")), "lakes again")
```

The history tells the whole story:

```python
for commit in main.log():
    print(commit.id[:12], commit.committer, commit.message)
```

## 7. Let scripts judge

A file below `_lakefs_actions/` says what is asked when something happens here. There are two.
[One](_lakefs_actions/pre-merge-format-validation.yaml) has a
[script](scripts/parquet_schema_validator.lua) look at everything that is merged into `{{branch}}`.
A branch that has lost a column of the table stays outside:

```python
broken = repository.branch("broken").create("{{branch}}")
lakes.drop(columns=["Country"]).to_parquet(
    "lakefs://{{repository}}/broken/lakes.parquet", storage_options={"create_branch_ok": False})
broken.commit("Lose the countries")
try:
    broken.merge_into(main)
except lakefs.exceptions.ServerException as refusal:
    print("refused:", refusal)
```

The [other](_lakefs_actions/pre-commit-metadata-validation.yaml) listens to commits on branches
whose names begin with `etl-`: its [script](scripts/commit_metadata_validator.lua) wants to know
which job made them, and whose it is.

What scripts print is shown by the web interface, under Actions. An action file of your own can be
tried before anybody depends on it, by `tarn actions run`.

## With other programs

Every S3 client can read and write here: the repository is the bucket, and keys begin with the
name of a branch.

```sh
export AWS_ACCESS_KEY_ID=ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY=SECRET_ACCESS_KEY
export AWS_ENDPOINT_URL=http://127.0.0.1:8000
aws s3 ls s3://{{repository}}/{{branch}}/
```

DuckDB reads the table where it lies:

```sql
CREATE SECRET (TYPE s3, KEY_ID 'ACCESS_KEY_ID', SECRET 'SECRET_ACCESS_KEY',
               ENDPOINT '127.0.0.1:8000', URL_STYLE 'path', USE_SSL false);
SELECT Country, count(*) AS lakes, max(Depth_m) AS deepest
FROM 's3://{{repository}}/{{branch}}/lakes.parquet'
GROUP BY Country ORDER BY lakes DESC LIMIT 5;
```

When you are done, delete the repository. Make another one whenever you like: the samples are
always the same.
)md";

constexpr std::string_view kLakesSource = R"md(# lakes.parquet

One row for each of 100,000 lakes.

| Column | Type | Meaning |
|---|---|---|
| `Hylak_id` | 64-bit integer | number of the lake, from 1 |
| `Lake_name` | text | its name; many lakes share one |
| `Country` | text | where most of its water is |
| `Depth_m` | double | its mean depth in metres |

The columns are named as in HydroLAKES, a data set that is well worth a look. The lakes are not: a
program made them up, the same ones each time. Use them to learn and to test, and not to go
swimming.
)md";

// Pictures of history: circles are commits, lines lead from each to its parents. Each begins with
// kFrame, where "{{frame}}" stands.
constexpr std::string_view kFrame =
    R"(<svg xmlns="http://www.w3.org/2000/svg" width="420" height="130" viewBox="0 0 420 130">
<style>
path { fill: none; stroke: #5b6770; stroke-width: 3 }
circle { fill: #1f7a8c }
.new { fill: #e07a5f }
.gone { fill: #c9d1d6 }
.undo { stroke: #e07a5f; stroke-dasharray: 5 }
text { fill: #22303a; font: 16px sans-serif }
</style>)";

constexpr std::string_view kBranchPicture = R"({{frame}}
<path d="M40 90H320M180 90L260 40"/>
<circle cx="40" cy="90" r="12"/><circle cx="180" cy="90" r="12"/>
<text x="332" y="95">{{branch}}</text><text x="268" y="45">denmark</text>
</svg>
)";

constexpr std::string_view kCommitPicture = R"({{frame}}
<path d="M40 90H320M180 90L260 40"/>
<circle cx="40" cy="90" r="12"/><circle cx="180" cy="90" r="12"/>
<circle class="new" cx="260" cy="40" r="12"/>
<text x="332" y="95">{{branch}}</text><text x="282" y="45">denmark</text>
</svg>
)";

constexpr std::string_view kMergePicture = R"({{frame}}
<path d="M40 90H320M180 90L240 40L300 90"/>
<circle cx="40" cy="90" r="12"/><circle cx="180" cy="90" r="12"/>
<circle cx="240" cy="40" r="12"/><circle class="new" cx="300" cy="90" r="12"/>
<text x="332" y="95">{{branch}}</text><text x="262" y="45">denmark</text>
</svg>
)";

constexpr std::string_view kRevertPicture = R"({{frame}}
<path d="M40 90H320M110 90L170 40L230 90"/><path class="undo" d="M300 76V16H110V76"/>
<circle cx="40" cy="90" r="12"/><circle cx="110" cy="90" r="12"/>
<circle class="gone" cx="170" cy="40" r="12"/><circle class="gone" cx="230" cy="90" r="12"/>
<circle class="new" cx="300" cy="90" r="12"/>
<text x="332" y="95">{{branch}}</text>
</svg>
)";

constexpr std::string_view kMarkdown = "text/markdown", kSvg = "image/svg+xml";

constexpr std::array kTexts = {
    SampleText{"README.md", kMarkdown, kReadme},
    SampleText{"data/lakes.source.md", kMarkdown, kLakesSource},
    SampleText{"images/branch.svg", kSvg, kBranchPicture},
    SampleText{"images/commit.svg", kSvg, kCommitPicture},
    SampleText{"images/merge.svg", kSvg, kMergePicture},
    SampleText{"images/revert.svg", kSvg, kRevertPicture},
};

}  // namespace

std::span<const SampleText> SampleTexts() { return kTexts; }

std::string RenderSample(std::string_view text, std::string_view repository,
                         std::string_view branch) {
  const std::array<std::pair<std::string_view, std::string_view>, 3> marks = {{
      {"{{frame}}", kFrame},
      {"{{repository}}", repository},
      {"{{branch}}", branch},
  }};
  std::string rendered(text);
  for (const auto& [mark, meaning] : marks) {
    for (size_t at = 0; (at = rendered.find(mark, at)) != std::string::npos;) {
      rendered.replace(at, mark.size(), meaning);
      at += meaning.size();
    }
  }
  return rendered;
}

}  // namespace tarn::catalog
