#include "isolated.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <sstream>

namespace tarn::sim {
namespace {

// Of a busy machine; usual ones take a tenth of a second.
constexpr unsigned kSecondsMax = 120;

/// What a child writes until it closes the pipe.
std::string ReadAll(int pipe) {
  std::string text;
  char buffer[4096];
  for (ssize_t got; (got = read(pipe, buffer, sizeof(buffer))) > 0;) {
    text.append(buffer, static_cast<size_t>(got));
  }
  return text;
}

void WriteAll(int pipe, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(pipe, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

SimulationResult Failed(const std::string& how) {
  SimulationResult result;
  result.failure = how;
  return result;
}

}  // namespace

SimulationResult SimulateIsolated(const SimulationOptions& options) {
  int ends[2];
  if (pipe(ends) != 0) return Failed("no pipe");
  std::fflush(stdout);  // Else the child says it again.
  const pid_t child = fork();
  if (child < 0) return Failed("no process");
  if (child == 0) {
    close(ends[0]);
    alarm(kSecondsMax);
    WriteAll(ends[1], ResultText(Simulate(options)));
    std::fflush(stdout);
    _exit(0);
  }
  close(ends[1]);
  const std::string text = ReadAll(ends[0]);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFSIGNALED(status)) return ParseResult(text);
  if (WTERMSIG(status) == SIGALRM) return Failed("it does not end");
  return Failed("the process was ended by signal " + std::to_string(WTERMSIG(status)));
}

std::string ResultText(const SimulationResult& result) {
  std::ostringstream out;
  out << result.failure.size() << ' ' << result.failure << ' ' << result.steps << ' '
      << result.digest << ' ' << result.crashes << ' ' << result.power_cuts << ' ' << result.strikes
      << ' ' << result.operations.size();
  for (const uint32_t operation : result.operations) out << ' ' << operation;
  out << ' ' << result.coverage.rows.size() << '\n';
  for (const auto& [verb, row] : result.coverage.rows) {
    out << verb << '\n' << row.done << ' ' << row.failed;
    for (const uint64_t calls : row.calls) out << ' ' << calls;
    for (const auto& troubles : row.troubles) {
      for (const uint64_t count : troubles) out << ' ' << count;
    }
    out << '\n';
  }
  return out.str();
}

SimulationResult ParseResult(const std::string& text) {
  std::istringstream in(text);
  SimulationResult result;
  size_t failure = 0, operations = 0, rows = 0;
  in >> failure;
  in.ignore();
  result.failure.resize(std::min(failure, text.size()));
  in.read(result.failure.data(), static_cast<std::streamsize>(result.failure.size()));
  in >> result.steps >> result.digest >> result.crashes >> result.power_cuts >> result.strikes >>
      operations;
  for (size_t i = 0; i < operations && in; ++i) in >> result.operations.emplace_back();
  in >> rows;
  in.ignore();
  for (size_t i = 0; i < rows && in; ++i) {
    std::string verb;
    std::getline(in, verb);
    Coverage::Row& row = result.coverage.rows[verb];
    in >> row.done >> row.failed;
    for (uint64_t& calls : row.calls) in >> calls;
    for (auto& troubles : row.troubles) {
      for (uint64_t& count : troubles) in >> count;
    }
    in.ignore();
  }
  return in ? result : Failed("the process ended without a result");
}

}  // namespace tarn::sim
