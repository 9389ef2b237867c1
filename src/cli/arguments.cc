#include "cli/arguments.h"

#include <CLI/CLI.hpp>

namespace tarn::cli {
namespace {

void SetPresence(CLI::Option* option, Presence presence) {
  if (presence == Presence::kRequired) option->required();
  if (presence == Presence::kHidden) option->group("");
}

}  // namespace

Arguments& Arguments::Flag(const char* names, bool* out, const char* help, Presence presence) {
  SetPresence(app_.add_flag(names, *out, help), presence);
  return *this;
}

Arguments& Arguments::Text(const char* names, std::string* out, const char* help,
                           Presence presence) {
  SetPresence(app_.add_option(names, *out, help)->type_name("TEXT"), presence);
  return *this;
}

Arguments& Arguments::Int(const char* names, int64_t* out, const char* help, Presence presence) {
  SetPresence(app_.add_option(names, *out, help)->type_name("NUMBER")->capture_default_str(),
              presence);
  return *this;
}

Arguments& Arguments::List(const char* names, std::vector<std::string>* out, const char* help,
                           Presence presence) {
  CLI::Option* option = app_.add_option(names, *out, help)->type_name("TEXT");
  option->delimiter(',')->allow_extra_args(false);
  SetPresence(option, presence);
  return *this;
}

Arguments& Arguments::Positional(const char* shown, std::string* out, const char* help,
                                 Presence presence) {
  SetPresence(app_.add_option(shown, *out, help)->type_name(""), presence);
  return *this;
}

}  // namespace tarn::cli
