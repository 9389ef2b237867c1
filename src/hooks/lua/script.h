// Scripts of Lua hooks: one call runs one script in a state of its own, within limits, cut off from
// files, the process and other scripts. What the language and its library look like to a script:
// docs/hooks-lua.md. Level 7; the Lua headers stay in this folder.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "codec/json.h"

namespace tarn::hooks::lua {

/// What a script may use. A script that goes beyond is stopped, whatever it catches; only a lack of
/// memory is an error that it may handle. Time is looked at every few hundred instructions and at
/// every call of the library.
struct Limits {
  std::chrono::milliseconds wall{60'000};  ///< From the call of Run to its end.
  std::chrono::milliseconds cpu{10'000};   ///< Of the thread that runs it.
  size_t memory_bytes = 64 << 20;          ///< All that the script holds.
  size_t output_bytes = 1 << 20;           ///< All that it prints.
};

/// What a script may ask of the server: the `lakefs` functions, straight to the core, as the user
/// of the call.
class Server {
 public:
  virtual ~Server() = default;
  /// One REST operation.
  struct Request {
    std::string_view method = "GET";
    std::string path;  ///< Below /api/v1, escaped: "/repositories/r/tags".
    std::vector<std::pair<std::string, std::string>> query;  ///< Not escaped.
    std::string body;                                        ///< JSON.
    /// The key of who asks; without an id it is the user of the call.
    std::string_view access_key_id, secret_access_key;
  };
  struct Answer {
    int status = 0;
    std::string body;
  };
  /// The status and body that REST would give. May block.
  virtual Answer Call(const Request& request) = 0;
};

/// How a script reaches other servers: `net/http` and the clients of cloud services. Whoever makes
/// one decides which addresses may be called; hooks of all kinds share that decision.
class Network {
 public:
  virtual ~Network() = default;
  struct Request {
    std::string method;
    std::string url;  ///< http:// or https://, escaped.
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    bool has_body = false;
    int64_t timeout_ms = 0;  ///< For all of it; positive.
    size_t body_bytes_max = 0;
  };
  struct Answer {
    int status = 0;
    std::string status_text;  ///< "200 OK"
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
  };
  /// One request, one answer, whatever its status; redirects are not followed. kIo with the
  /// reference's words ("EOF", "dial tcp 127.0.0.1:1: connect: connection refused"), kForbidden for
  /// an address that may not be called, kTooLarge, kCancelled once `is_cancelled` says true.
  virtual Result<Answer> Do(const Request& request, const std::function<bool()>& is_cancelled) = 0;
};

struct Script {
  std::string name;      ///< Of the chunk, as positions in messages show it; empty: "lua".
  std::string source;    ///< Text; compiled chunks are refused.
  std::string username;  ///< The global of that name.
  Json args;             ///< The global of that name; so is `action`.
  Json action;
  Limits limits;
  /// Asked every millisecond or so; true stops the script. May be empty.
  std::function<bool()> is_cancelled;
  Server* server = nullptr;    ///< Null: there is no module `lakefs`.
  Network* network = nullptr;  ///< Null: modules that need it are not there.
  bool networking = false;     ///< Whether there is a module `net/http`.
  /// Variables of the environment that a script may know of (LUA_PATH); may be empty.
  std::function<std::optional<std::string>(std::string_view)> getenv;
  /// Takes what is printed, in pieces; a failure stops the script.
  std::function<Status(std::string_view)> output;
  /// The bytes of an object of the ref, for `require`; may be empty.
  std::function<Result<std::string>(std::string_view path)> read_object;
};

/// Runs a script to its end. Fails with kHookFailed and the reference's text ("runtime error: ...",
/// "syntax error: ...", or what `hook.fail` was given), kCancelled when it was cancelled. Blocks;
/// thread-safe.
Status Run(const Script& script);

}  // namespace tarn::hooks::lua
