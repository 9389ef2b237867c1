// The program: client commands of cli/, server commands of server/.
#include "cli/command.h"
#include "server/commands.h"
#include "server/version.h"

int main(int argc, char** argv) {
  return tarn::cli::Main(argc, argv, tarn::server::ServerCommands(),
                         tarn::server::kReportedVersion);
}
