#include "server/data_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include "codec/base64.h"
#include "fmt/format.h"
#include "server/settings_file.h"

namespace tarn::server {
namespace {

constexpr std::array<const char*, 2> kSecretKeys = {"auth.encrypt.secret_key",
                                                    "blockstore.signing.secret_key"};
constexpr size_t kSecretBytes = 30;

Status CannotUse(const std::string& path, int error) {
  return {Code::kInvalidValue,
          fmt::format("cannot use {}: {}; choose another data directory with --data", path,
                      std::strerror(error))};
}

std::string NewSecret(Random& random) {
  std::array<uint8_t, kSecretBytes> bytes;
  random.Fill(bytes);
  return EncodeBase64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// Closes on every way out.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

int WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    text.remove_prefix(static_cast<size_t>(written));
  }
  return ::fsync(fd) == 0 ? 0 : errno;
}

}  // namespace

Status WritePrivateFile(const std::string& path, std::string_view text) {
  const std::string temporary = path + ".new";
  ::unlink(temporary.c_str());
  {
    const Descriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() < 0) return CannotUse(path, errno);
    if (const int error = WriteAll(file.get(), text); error != 0) {
      ::unlink(temporary.c_str());
      return CannotUse(path, error);
    }
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return CannotUse(path, errno);
  const auto parent = std::filesystem::path(path).parent_path();
  const Descriptor folder(
      ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return CannotUse(path, errno);
  return {};
}

Result<std::map<std::string, std::string>> PrepareDataDirectory(const std::string& directory,
                                                                Random& random) {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::path(directory).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return CannotUse(directory, errno);
  if (::access(directory.c_str(), R_OK | W_OK | X_OK) != 0) return CannotUse(directory, errno);

  const std::string path = directory + "/secrets.yaml";
  std::map<std::string, std::string> secrets;
  if (::access(path.c_str(), F_OK) == 0) {
    TARN_TRY_ASSIGN(const auto values, ReadConfigFile(path));
    for (const auto& [name, raw] : values) {
      if (const auto* text = std::get_if<std::string>(&raw.value)) secrets[name] = *text;
    }
  }
  bool complete = true;
  for (const char* name : kSecretKeys) {
    if (!secrets[name].empty()) continue;
    secrets[name] = NewSecret(random);
    complete = false;
  }
  if (complete) return secrets;
  std::string text =
      "# Secrets of this Tarn data directory. Whoever has them can forge sessions.\n";
  for (const auto& [name, value] : secrets) {
    // A dotted name is written as nested sections, as in any configuration file.
    std::string indent;
    std::string_view rest = name;
    for (size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
      text += fmt::format("{}{}:\n", indent, rest.substr(0, dot));
      rest.remove_prefix(dot + 1);
      indent += "  ";
    }
    text += fmt::format("{}{}: \"{}\"\n", indent, rest, value);
  }
  TARN_TRY(WritePrivateFile(path, text));
  return secrets;
}

}  // namespace tarn::server
