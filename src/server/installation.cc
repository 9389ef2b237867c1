#include "server/installation.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>

#include "server/version.h"

namespace tarn::server {
namespace {

std::string Instrumentation(const std::string& access_key_id) {
  if (access_key_id.ends_with("LKFSSAMPLES")) return "SamplesRepo";
  if (access_key_id.ends_with("QUICKSTART")) return "Quickstart";
  return "Run";
}

// The names that the reference's tools know.
std::string Architecture() {
  struct utsname machine = {};
  if (::uname(&machine) != 0) return "unknown";
  const std::string name = machine.machine;
  if (name == "x86_64") return "amd64";
  return name == "aarch64" ? "arm64" : name;
}

}  // namespace

std::map<std::string, std::string> InstallationFacts(const Settings& settings) {
  return {{"lakefs_version", std::string(kReportedVersion)},
          {"lakefs_kv_type", settings.GetText("database.type")},
          {"architecture", Architecture()},
          {"os", "linux"},
          {"is_k8s", std::getenv("KUBERNETES_SERVICE_HOST") != nullptr ? "true" : "false"},
          {"is_docker", ::access("/.dockerenv", F_OK) == 0 ? "true" : "false"},
          {"instrumentation", Instrumentation(settings.GetText("installation.access_key_id"))}};
}

}  // namespace tarn::server
