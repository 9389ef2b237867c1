#include "cli/commands.h"
#include "cli/pairs.h"
#include "cli/session.h"
#include "fmt/format.h"

namespace tarn::cli {
namespace {

class AuthExplain : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("USER", &user_, "Name of the user")
        .Positional("ACTION", &action_, "What is asked for, fs:ReadObject for example")
        .Positional("RESOURCE", &resource_,
                    "On what: arn:lakefs:fs:::repository/REPOSITORY/object/PATH for example")
        .List("--context", &context_,
              "key=value that conditions look at, SourceIp=10.0.0.1 for example");
  }

  Status Run(Session& session) override {
    TARN_TRY_ASSIGN(Json::Object context, ParsePairs(context_));
    TARN_TRY_ASSIGN(ApiClient * api, session.Api());
    TARN_TRY_ASSIGN(
        const Json answer,
        api->Post("/auth/simulate", Json(Json::Object{{"user", Json(user_)},
                                                      {"action", Json(action_)},
                                                      {"resource", Json(resource_)},
                                                      {"context", Json(std::move(context))}})));
    fmt::print("{}: ", answer.BoolAt("allowed").value_or(false) ? "allowed" : "refused");
    const Json* const source = answer.Find("decided_by");
    if (source == nullptr) {
      fmt::print("no statement allows it\n");
    } else {
      fmt::print("by statement {} of policy {} (effect {})\n",
                 source->IntAt("statement_index").value_or(0),
                 source->StringAt("policy").value_or(""), source->StringAt("effect").value_or(""));
    }
    return {};
  }

 private:
  std::string user_, action_, resource_;
  std::vector<std::string> context_;
};

}  // namespace

std::unique_ptr<Command> NewAuthExplain() { return std::make_unique<AuthExplain>(); }

}  // namespace tarn::cli
