// Scripts that want more than they may have. Each must end, with the error that says why, and
// without anything that a sanitizer would tell.
#include <gtest/gtest.h>

#include "hooks/lua/testing/script_run.h"

namespace tarn::hooks::lua {
namespace {

using std::chrono::milliseconds;
using ::testing::Test;

constexpr const char* kPastCpu = "runtime error: script stopped: more than 0.050 s of CPU time";
constexpr const char* kPastOutput = "runtime error: script stopped: output of more than";

class NoServer : public Server {
 public:
  Answer Call(const Request&) override { return {404, "{\"message\":\"not found\"}\n"}; }
};

class HostileTest : public Test {
 protected:
  /// Runs a script with a limit on CPU time that ends loops soon, and room for the rest.
  Status Run(const std::string& source) {
    testing::ScriptRun run;
    run.script.source = source;
    run.script.server = &server_;
    run.script.limits = limits_;
    run.script.is_cancelled = is_cancelled_;
    Status status = run.Run();
    output_ = run.output;
    return status;
  }
  void ExpectEnd(const std::string& source, std::string_view text) {
    SCOPED_TRACE(source);
    const Status status = Run(source);
    EXPECT_FALSE(status.ok());
    EXPECT_NE(status.message().find(text), std::string_view::npos) << status.message();
  }
  void ExpectPrints(const std::string& source, const std::string& text) {
    SCOPED_TRACE(source);
    const Status status = Run(source);
    EXPECT_TRUE(status.ok()) << status.message();
    EXPECT_EQ(output_, text);
  }

  Limits limits_{.wall = milliseconds(60'000),
                 .cpu = milliseconds(50),
                 .memory_bytes = 16 << 20,
                 .output_bytes = 1 << 16};
  std::function<bool()> is_cancelled_;
  NoServer server_;
  std::string output_;
};

TEST_F(HostileTest, Loops) {
  for (const char* source : {
           "while true do end",
           "repeat local x = {} until false",
           "::a:: goto a",
           "for i = 1, math.huge do string.format('%d', i) end",
           "for i = 1, math.huge do local f = load('return 1') end",
           "while true do collectgarbage() end",
           "local s = ('x'):rep(4e6); while true do local t = s .. 'y' end",
           "local s = ('x'):rep(4e6); local t = s .. 'y'; local u = s .. 'z' "
           "while true do local b = t < u end",
           "local json = require('encoding/json'); while true do json.marshal({}) end",
           "local t = {} for i = 1, 2e5 do t[i] = i end while true do table.sort(t) end",
           "table.sort({3, 2, 1}, function() while true do end end)",
           "for k in function() return 1 end do end",
           "setmetatable(_G, {__index = function() while true do end end}); print(x)",
           "print(setmetatable({}, {__tostring = function() while true do end end}))",
           "load(function() while true do end end)",
           "require('x' .. tostring(setmetatable({}, {__tostring = function() while true do end "
           "end})))",
       }) {
    ExpectEnd(source, kPastCpu);
  }
}

TEST_F(HostileTest, WhatIsCaughtGoesOn) {
  for (const char* source : {
           "while true do pcall(function() while true do end end) end",
           "pcall(function() while true do end end) while true do end",
           "pcall(pcall, pcall, function() while true do end end) print('never')",
           "xpcall(function() while true do end end, function() while true do end end)",
           "local function f() pcall(f) while true do pcall(f) end end f()",
           "pcall(load, function() while true do end end)",
           "local ok = pcall(function() while true do end end) print('never', ok)",
           "setmetatable(_G, {__index = function(t, k) return pcall(function() return t[k] end) "
           "end})"
           " while true do local x = y end",
       }) {
    ExpectEnd(source, kPastCpu);
    EXPECT_EQ(output_.find("never"), std::string::npos);
  }
}

TEST_F(HostileTest, Waiting) {
  limits_.wall = milliseconds(100);
  ExpectEnd("require('time').sleep(1e18)", "runtime error: script stopped: more than 0.100 s");
  ExpectEnd("pcall(require('time').sleep, 1e18) print('never')", "more than 0.100 s");
  EXPECT_EQ(output_.find("never"), std::string::npos);
}

TEST_F(HostileTest, Cancelled) {
  int asked = 0;
  is_cancelled_ = [&asked] { return ++asked > 3; };
  ExpectEnd("while true do end", "cancelled");
  EXPECT_EQ(Run("require('time').sleep(1e18)").code(), Code::kCancelled);
}

TEST_F(HostileTest, Memory) {
  limits_.cpu = milliseconds(20'000);
  constexpr const char* kNone = "not enough memory";
  for (const char* source : {
           "local t = {} for i = 1, math.huge do t[i] = {} end",
           "local s = 'x' while true do s = s .. s end",
           "local t = {} while true do t[#t + 1] = ('x'):rep(1e5) .. #t end",
           "local t = {} for i = 1, 1e9 do t['k' .. i] = true end",
           "local s = ('x'):rep(1e7) return s .. ('y'):rep(1e7)",
           "return require('strings').replace(('a'):rep(1e6), 'a', ('b'):rep(1e6), -1)",
           "return require('strings').split(('a'):rep(5e6), '')",
           "return require('encoding/json').unmarshal('[' .. ('1,'):rep(3e6) .. '1]')",
           "local t = {} for i = 1, 60 do t = {a = t, b = t} end "
           "require('encoding/json').marshal(t)",
           "local s = ('x'):rep(1e6) local t = array({}) for i = 1, 1e5 do t[i] = s end "
           "require('encoding/json').marshal(t)",
           "local t = array({}) for i = 1, 1e5 do t[i] = i end "
           "require('encoding/json').marshal(t, {indent = (' '):rep(1e5)})",
           "require('encoding/json').marshal(array({[1e15] = 1}))",
       }) {
    SCOPED_TRACE(source);
    const Status status = Run(source);
    EXPECT_FALSE(status.ok());
    EXPECT_NE(status.message().find(kNone), std::string_view::npos) << status.message();
  }
  ExpectEnd("return ('x'):rep(1e9)", "resulting string too large");
  // A script may go on after a lack of memory, within the same limit.
  ExpectPrints(
      "for i = 1, 20 do pcall(function() local s = 'x' while true do s = s .. s end end) end "
      "print('alive')",
      "alive\n");
}

TEST_F(HostileTest, AliasesOfYaml) {
  limits_.cpu = milliseconds(20'000);
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int n = 0; n < 10; ++n) text += before + ", ";
    text += before + "]\n";
  }
  ExpectEnd("require('encoding/yaml').unmarshal([[" + text + "]])", "not enough memory");
}

TEST_F(HostileTest, Output) {
  limits_.cpu = milliseconds(20'000);
  ExpectEnd("while true do print('x') end", kPastOutput);
  EXPECT_LE(output_.size(), limits_.output_bytes + 200);
  ExpectEnd("while true do pcall(print, ('x'):rep(1000)) end", kPastOutput);
  ExpectEnd("print(('x'):rep(1e6))", kPastOutput);
}

/// What would take hours by comparing at each place.
TEST_F(HostileTest, LongTextsAreSearchedQuickly) {
  limits_.memory_bytes = 256 << 20;
  ExpectEnd("require('regexp').compile('a*b|a').find_all(('a'):rep(1e7), -1)", "");
  limits_.cpu = milliseconds(20'000);
  ExpectPrints(
      "local text, part = ('a'):rep(1e7), ('a'):rep(5e6) .. 'b' "
      "print(text:find(part), require('strings').contains(text, part))",
      "nil\tfalse\n");
}

TEST_F(HostileTest, Depth) {
  limits_.memory_bytes = 128 << 20;
  limits_.cpu = milliseconds(20'000);
  ExpectEnd("local function f() return 1 + f() end f()", "stack overflow");
  ExpectEnd("local t = {} t.t = t require('encoding/json').marshal(t)", "nested too deep");
  ExpectEnd("require('encoding/json').unmarshal(('['):rep(1e5))", "depth");
  ExpectEnd("require('encoding/yaml').unmarshal(('['):rep(1e4) .. (']'):rep(1e4))", "yaml: ");
  ExpectEnd("local f = string.rep f = setmetatable({}, {}) getmetatable(f).__call = f f()", "");
  ExpectEnd("local s = ('('):rep(1e4) assert(load('return ' .. s))", "limit");
  ExpectEnd("local t = setmetatable({}, {}) getmetatable(t).__index = t return t.x", "loop");
  ExpectEnd(
      "local t = setmetatable({}, {}) "
      "getmetatable(t).__tostring = function() return string.format('%s', t) end print(t)",
      "stack overflow (in the library)");
}

TEST_F(HostileTest, Patterns) {
  limits_.cpu = milliseconds(20'000);
  ExpectPrints(
      "local re = require('regexp') "
      "print(re.match('(a*)*(a*)*(a*)*b$', ('a'):rep(1e5)), "
      "pcall(re.match, '((a{100}){100}){100}', 'a') == false)",
      "false\ttrue\n");
  ExpectEnd("return ('x'):find('(x+)+y', 1, false)", "assertion failure");
  ExpectPrints("print(string.gsub, string.match, string.gmatch)", "nil\tnil\tnil\n");
}

TEST_F(HostileTest, LengthsThatLie) {
  limits_.cpu = milliseconds(20'000);
  ExpectPrints(
      "local t = setmetatable({1}, {__len = function() return 2^31 - 10 end}) "
      "table.insert(t, 1, 0) table.remove(t, 1) print(t[1], t[2])",
      "1\tnil\n");
}

TEST_F(HostileTest, WhatIsNotThere) {
  ExpectPrints(
      "print(io, os, coroutine, dofile, loadfile, loadstring, module, debug.sethook, "
      "debug.getregistry, debug.getupvalue, string.dump, package.cpath)",
      "nil\tnil\tnil\tnil\tnil\tnil\tnil\tnil\tnil\tnil\tnil\tnil\n");
  ExpectPrints("print(pcall(require, 'io'), (package.loadlib('x.so', 'y')))", "false\tnil\n");
  for (const char* name : {"debug.sethook(print, 'l')", "debug.gethook()", "debug.debug()"}) {
    ExpectEnd(name, "attempt to call");
  }
}

TEST_F(HostileTest, CompiledChunksAreRefused) {
  ExpectPrints("print(load('\\27Lua', 'x'))",
               "nil\tattempt to load a binary chunk (mode is 't')\n");
  ExpectPrints("print(load('\\27Lua', 'x', 'b'))",
               "nil\tattempt to load a binary chunk (mode is 'b')\n");
  ExpectPrints(
      "local n = 0 print(load(function() n = n + 1 return n == 1 and '\\27Lua' or nil end))",
      "nil\tattempt to load a binary chunk (mode is 't')\n");
  ExpectEnd("\033Lua", "syntax error: ");
}

TEST_F(HostileTest, FinalizersNeverRun) {
  ExpectPrints(
      "local mt = {__gc = function() print('finalizer') end} "
      "local x = setmetatable({}, mt) debug.setmetatable({}, mt) "
      "print(type(mt.__gc)) x = nil collectgarbage() collectgarbage()",
      "function\n");
}

TEST_F(HostileTest, ScriptsShareNothing) {
  ExpectPrints("string.shout = print getmetatable('').x = 1 math.randomseed(1) shared = 1", "");
  ExpectPrints("print(string.shout, getmetatable('').x, shared)", "nil\tnil\tnil\n");
}

// Every function of the library with every kind of value, in every place of the first three.
TEST_F(HostileTest, ArgumentsOfTheWrongKind) {
  limits_.cpu = milliseconds(60'000);
  limits_.memory_bytes = 64 << 20;
  ExpectPrints(R"(
local names = {"crypto/aes", "crypto/hmac", "crypto/sha256", "encoding/base64", "encoding/hex",
  "encoding/json", "encoding/parquet", "encoding/yaml", "encoding/z85enc", "hook", "lakefs",
  "net/url", "path", "regexp", "strings", "uuid", "string", "table", "math", "bit32", "debug"}
local cycle = {} cycle.c = cycle
local values = {1, -1, 0, 1e300, -1e300, 0/0, 1/0, 0.5, "", "x", "\0\255", ("%"):rep(5), "12",
  true, false, {}, array({}), cycle, {1, 2, 3}, {x = {}}, function() end,
  setmetatable({}, {__index = function() error("index") end, __len = function() return -5 end})}
local calls = 0
local function try(f, ...) calls = calls + 1 pcall(f, ...) end
local function try_all(f)
  try(f) try(f, nil)
  for _, a in ipairs(values) do
    try(f, a) try(f, a, nil)
    for _, b in ipairs(values) do
      try(f, a, b) try(f, nil, b)
      for _, c in ipairs({1e300, "x", {}}) do try(f, a, b, c) end
    end
  end
end
for _, name in ipairs(names) do
  for key, f in pairs(require(name)) do
    if type(f) == "function" and name .. key ~= "stringrep" then try_all(f) end
  end
end
local compiled = require("regexp").compile("a(x*)b")
for _, f in pairs(compiled) do try_all(f) end
local time = require("time")
for _, key in ipairs({"add", "format", "format_iso", "parse", "parse_iso", "since"}) do
  try_all(time[key])
end
for _, f in ipairs({tonumber, tostring, select, rawget, rawlen, rawset, setmetatable, load}) do
  try_all(f)
end
try_all(array)
print(calls > 10000)
)",
               "true\n");
}

}  // namespace
}  // namespace tarn::hooks::lua
