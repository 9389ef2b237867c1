#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/commands.h"
#include "cli/session.h"
#include "cli/uri.h"

namespace tarn::cli {
namespace {

Status WriteToStdout(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      return {Code::kIo, std::string("cannot write to standard output: ") + std::strerror(errno)};
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

class FsCat : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("path", &uri_, "lakefs://REPOSITORY/REF/PATH");
  }

  Status Run(Session& session) override {
    TARN_TRY_ASSIGN(const LakeUri uri, ParsePathUri("path URI", session.CompleteUri(uri_)));
    TARN_TRY_ASSIGN(ApiClient * api, session.Api());
    return api->Download(RefPath(uri.repository, uri.ref, "/objects"), {{"path", *uri.path}},
                         WriteToStdout);
  }

 private:
  std::string uri_;
};

}  // namespace

std::unique_ptr<Command> NewFsCat() { return std::make_unique<FsCat>(); }

}  // namespace tarn::cli
