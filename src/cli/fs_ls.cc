#include "cli/commands.h"
#include "cli/format.h"
#include "cli/session.h"
#include "cli/uri.h"
#include "fmt/format.h"

namespace tarn::cli {
namespace {

class FsLs : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("path", &uri_, "lakefs://REPOSITORY/REF/PREFIX")
        .Flag("-r,--recursive", &recursive_, "List everything below the prefix")
        .Int("--amount", &amount_, "Stop after this many; 0 for all");
  }

  Status Run(Session& session) override {
    TARN_TRY_ASSIGN(const LakeUri uri, ParsePathUri("path URI", session.CompleteUri(uri_)));
    TARN_TRY_ASSIGN(ApiClient * api, session.Api());
    std::string trimmed;
    Parameters fixed = {{"prefix", *uri.path}};
    if (!recursive_) {
      fixed.emplace_back("delimiter", "/");
      const size_t slash = uri.path->rfind('/');
      if (slash != std::string::npos) trimmed = uri.path->substr(0, slash + 1);
    }
    std::string after;
    for (int64_t left = amount_ > 0 ? amount_ : INT64_MAX; left > 0;) {
      Parameters parameters = fixed;
      parameters.emplace_back("after", after);
      parameters.emplace_back("amount", fmt::to_string(std::min<int64_t>(left, kPage)));
      TARN_TRY_ASSIGN(const Json page,
                      api->Get(RefPath(uri.repository, uri.ref, "/objects/ls"), parameters));
      for (const Json& item : page.Find("results")->items()) Print(item, trimmed.size());
      left -= static_cast<int64_t>(page.Find("results")->items().size());
      const Json* pagination = page.Find("pagination");
      if (pagination == nullptr || !pagination->BoolAt("has_more").value_or(false)) break;
      after = pagination->StringAt("next_offset").value_or("");
    }
    return {};
  }

 private:
  static constexpr int64_t kPage = 1000;

  static void Print(const Json& item, size_t trimmed) {
    const auto type = item.StringAt("path_type").value_or("");
    std::string facts(44, ' ');
    if (type != "common_prefix") {
      facts = PadRight(FormatDate(item.IntAt("mtime").value_or(0)), 29) + "    " +
              PadRight(FormatBytes(item.IntAt("size_bytes").value_or(0)), 12);
    }
    const auto path = item.StringAt("path").value_or("");
    fmt::print("{}    {}    {}\n", PadRight(type, 12), facts,
               path.substr(std::min(trimmed, path.size())));
  }

  std::string uri_;
  bool recursive_ = false;
  int64_t amount_ = 0;
};

}  // namespace

std::unique_ptr<Command> NewFsLs() { return std::make_unique<FsLs>(); }

}  // namespace tarn::cli
