#include "cli/commands.h"
#include "cli/format.h"
#include "cli/session.h"
#include "cli/uri.h"
#include "fmt/format.h"

namespace tarn::cli {
namespace {

constexpr int64_t kPage = 1000;

std::string JoinedParents(const Json& commit) {
  std::string text;
  const Json* parents = commit.Find("parents");
  if (parents == nullptr || !parents->is_array() || parents->items().size() < 2) return text;
  for (const Json& parent : parents->items()) {
    text += (text.empty() ? "" : ", ") + (parent.is_string() ? parent.string() : "");
  }
  return text;
}

class Log : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("ref", &uri_, "lakefs://REPOSITORY/REF")
        .Int("--amount", &amount_, "How many commits to show; 0 for all")
        .Text("--after", &after_, "Show commits after this one")
        .Flag("--limit", &limit_, "Stop at --amount even if fewer were found")
        .Flag("--first-parent", &first_parent_, "Follow only the first parent of merges")
        .Flag("--no-merges", &no_merges_, "Leave merges out")
        .Flag("--show-meta-range-id", &show_metarange_, "Show the id of each tree")
        .List("--objects", &objects_, "Only commits that changed these objects")
        .List("--prefixes", &prefixes_, "Only commits that changed objects below these prefixes")
        .Text("--since", &since_, "Only commits since this time (RFC 3339)")
        .Text("--stop-at", &stop_at_, "Stop at this ref");
  }

  Status Run(Session& session) override {
    TARN_TRY_ASSIGN(const LakeUri uri, ParseRefUri("ref URI", session.CompleteUri(uri_)));
    TARN_TRY_ASSIGN(ApiClient * api, session.Api());
    std::string after = after_;
    for (int64_t left = amount_ > 0 ? amount_ : INT64_MAX; left > 0;) {
      Parameters parameters = Fixed();
      parameters.emplace_back("after", after);
      parameters.emplace_back("amount", fmt::to_string(std::min<int64_t>(left, kPage)));
      TARN_TRY_ASSIGN(const Json page,
                      api->Get(RefPath(uri.repository, uri.ref, "/commits"), parameters));
      for (const Json& commit : page.Find("results")->items()) {
        if (no_merges_ && !JoinedParents(commit).empty()) continue;
        Print(commit);
        if (--left == 0) break;
      }
      const Json* pagination = page.Find("pagination");
      if (limit_ || pagination == nullptr || !pagination->BoolAt("has_more").value_or(false)) break;
      after = pagination->StringAt("next_offset").value_or("");
    }
    return {};
  }

 private:
  Parameters Fixed() const {
    Parameters parameters;
    for (const auto& object : objects_) parameters.emplace_back("objects", object);
    for (const auto& prefix : prefixes_) parameters.emplace_back("prefixes", prefix);
    if (limit_) parameters.emplace_back("limit", "true");
    if (first_parent_) parameters.emplace_back("first_parent", "true");
    if (!since_.empty()) parameters.emplace_back("since", since_);
    if (!stop_at_.empty()) parameters.emplace_back("stop_at", stop_at_);
    return parameters;
  }

  void Print(const Json& commit) const {
    const auto text = [&](const char* name) { return commit.StringAt(name).value_or(""); };
    fmt::print("\nID:            {}\n", text("id"));
    if (!text("committer").empty()) fmt::print("Author:        {}\n", text("committer"));
    fmt::print("Date:          {}\n", FormatDate(commit.IntAt("creation_date").value_or(0)));
    if (show_metarange_) fmt::print("Meta Range ID: {}\n", text("meta_range_id"));
    const std::string parents = JoinedParents(commit);
    if (!parents.empty()) fmt::print("Merge:         {}\n", parents);
    fmt::print("\n\t{}\n\n", text("message"));
    const Json* metadata = commit.Find("metadata");
    if (metadata == nullptr || !metadata->is_object() || metadata->members().empty()) return;
    fmt::print("Metadata:\n\t\n");
    for (const auto& [name, value] : metadata->members()) {
      fmt::print("\t{} = {}\n", PadRight(name, 18), value.is_string() ? value.string() : "");
    }
  }

  std::string uri_, after_, since_, stop_at_;
  int64_t amount_ = 0;
  bool limit_ = false, first_parent_ = false, no_merges_ = false, show_metarange_ = false;
  std::vector<std::string> objects_, prefixes_;
};

}  // namespace

std::unique_ptr<Command> NewLog() { return std::make_unique<Log>(); }

}  // namespace tarn::cli
