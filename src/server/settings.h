// The configuration of a server: every key of the reference with its type and default, filled from
// a YAML file, the environment and the command line.
//
// Precedence: command line, environment (TARN_X over LAKEFS_X), file, defaults. Without a file the
// defaults are the embedded ones: everything under one data directory, secrets generated there.
// A key of the file that is not in the table is an error. Keys and meaning:
// docs/operating/configuration.md. Level 9; Settings is immutable after loading.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/random.h"
#include "base/result.h"

namespace tarn::server {

enum class KeyType : uint8_t {
  kBool,
  kInt,
  kFloat,
  kText,
  kSecret,    ///< Text that is never logged.
  kDuration,  ///< Kept in nanoseconds.
  kList,      ///< Texts.
  kMap,       ///< Text to text.
  kJson,      ///< Kept as JSON text.
};

struct KeySpec {
  std::string_view name;  ///< "blockstore.local.path"
  KeyType type;
  std::string_view default_text;
};

/// The table of all keys, ascending by name.
std::span<const KeySpec> AllKeys();
/// The row of a key; nullptr if there is none.
const KeySpec* FindKey(std::string_view name);

/// A value before typing: a scalar as written, a list, or a map.
struct RawValue {
  std::variant<std::string, std::vector<std::string>, std::map<std::string, std::string>> value;
};

/// Typed values of all keys. Asking for a key that the table does not have, or has with another
/// type, is a programming error and aborts.
class Settings {
 public:
  Settings();  ///< All defaults.

  bool GetBool(std::string_view key) const;
  int64_t GetInt(std::string_view key) const;
  double GetFloat(std::string_view key) const;
  const std::string& GetText(std::string_view key) const;
  int64_t GetDurationMs(std::string_view key) const;
  const std::vector<std::string>& GetList(std::string_view key) const;
  const std::map<std::string, std::string>& GetMap(std::string_view key) const;
  /// True if file, environment or command line gave the key a value.
  bool IsSet(std::string_view key) const;

  /// Converts by the key's type, leniently ("12" is a number). kInvalidValue names the key.
  Status Set(const KeySpec& key, const RawValue& value, bool is_default = false);

  enum class Describing : uint8_t { kGiven, kAll };
  /// "key=value" of the keys that were given a value, or of all, for the log; secrets as "******"
  /// (set) or "------" (unset).
  std::vector<std::string> Describe(Describing which) const;

 private:
  using Value = std::variant<bool, int64_t, double, std::string, std::vector<std::string>,
                             std::map<std::string, std::string>>;
  struct Slot {
    const KeySpec* spec;
    Value value;
    bool set = false;
  };
  const Slot& Find(std::string_view key) const;
  template <class T>
  const T& Get(std::string_view key) const;

  std::map<std::string_view, Slot> slots_;
};

/// Preset of defaults asked for on the command line.
/// The auth.encrypt.secret_key of the profiles for trying out, which is no secret.
inline constexpr std::string_view kPublicSecretKey = "THIS_MUST_BE_CHANGED_IN_PRODUCTION";

enum class Profile : uint8_t {
  kNone,
  kQuickstart,     ///< --quickstart: fixed administrator, local everything.
  kLocalSettings,  ///< --local-settings: local everything.
};

struct LoadOptions {
  std::optional<std::string> file;  ///< --config
  /// Look for a file in the reference's places, and use the reference's defaults without one.
  bool as_reference = false;
  Profile profile = Profile::kNone;
  std::string data_directory;                    ///< Of the embedded default.
  std::map<std::string, std::string> overrides;  ///< Key to value, from the command line.
  std::string home;                              ///< For paths that start with "~".
  std::function<const char*(const char*)> environment;
};

struct LoadedSettings {
  Settings settings;
  std::string file;       ///< The file that was read, or empty.
  bool embedded = false;  ///< The embedded defaults are in force.
};

/// Reads and checks everything; creates the data directory and its secrets on the embedded default.
/// kInvalidValue with a sentence for the operator.
Result<LoadedSettings> LoadSettings(const LoadOptions& options, Random& random);

/// "~" or "~/..." with `home` put in.
std::string ExpandHome(std::string_view path, std::string_view home);

}  // namespace tarn::server
