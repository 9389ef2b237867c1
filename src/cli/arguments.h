// Options and arguments of one command, each bound to a variable of the command. Hides the parsing
// library: its headers stay in arguments.cc and main.cc. Used while commands are declared.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace tarn::cli {

enum class Presence : uint8_t { kOptional, kRequired, kHidden };

class Arguments {
 public:
  explicit Arguments(CLI::App& app) : app_(app) {}

  /// `names` as the user types them, for example "-m,--message".
  Arguments& Flag(const char* names, bool* out, const char* help,
                  Presence presence = Presence::kOptional);
  Arguments& Text(const char* names, std::string* out, const char* help,
                  Presence presence = Presence::kOptional);
  Arguments& Int(const char* names, int64_t* out, const char* help,
                 Presence presence = Presence::kOptional);
  /// May be given several times; a value with commas counts as several.
  Arguments& List(const char* names, std::vector<std::string>* out, const char* help,
                  Presence presence = Presence::kOptional);
  /// An argument without a name in front; `shown` is what the help calls it.
  Arguments& Positional(const char* shown, std::string* out, const char* help,
                        Presence presence = Presence::kRequired);

 private:
  CLI::App& app_;
};

}  // namespace tarn::cli
