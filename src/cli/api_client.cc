#include "cli/api_client.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "codec/base64.h"
#include "codec/url.h"
#include "fmt/format.h"
#include "http/client.h"

namespace tarn::cli {
namespace {

struct StatusRow {
  int status;
  std::string_view reason;
  Code code;
};
constexpr std::array<StatusRow, 11> kStatuses = {{
    {400, "Bad Request", Code::kInvalidRequest},
    {401, "Unauthorized", Code::kUnauthenticated},
    {403, "Forbidden", Code::kForbidden},
    {404, "Not Found", Code::kNotFound},
    {409, "Conflict", Code::kConflict},
    {412, "Precondition Failed", Code::kPreconditionFailed},
    {413, "Request Entity Too Large", Code::kTooLarge},
    {429, "Too Many Requests", Code::kSlowDown},
    {500, "Internal Server Error", Code::kInternal},
    {501, "Not Implemented", Code::kNotImplemented},
    {503, "Service Unavailable", Code::kSlowDown},
}};

// What to do about a refusal, where that can be said.
std::string_view Advice(int status) {
  if (status == 401) return "; check the access key, or run setup if the server is new";
  if (status == 429 || status == 503) return "; the server is busy, try again";
  return "";
}

Status Refusal(const http::ClientResponse& response) {
  StatusRow row = {response.status, "", Code::kInternal};
  for (const StatusRow& known : kStatuses) {
    if (known.status == response.status) row = known;
  }
  const auto json = ParseJson(response.body);
  std::string message;
  if (json.ok()) message = json->StringAt("message").value_or("");
  if (message.empty()) message = "the server refused without a reason";
  return {row.code, fmt::format("{} ({}{}{}){}", message, row.status, row.reason.empty() ? "" : " ",
                                row.reason, Advice(response.status))};
}

Result<Json> ToJson(const http::ClientResponse& response) {
  if (response.status >= 400) return Refusal(response);
  if (response.status >= 300) {
    return Status(
        Code::kInternal,
        fmt::format("unexpected answer {}; is the address of the server right?", response.status));
  }
  if (response.body.empty()) return Json();
  auto json = ParseJson(response.body, {.trailing = JsonTrailing::kRefuse});
  if (!json.ok()) {
    return Status(Code::kInternal, "the answer is not JSON; is the address of the server right?");
  }
  return json;
}

// A file or standard input as a request body.
class FileSource : public http::BodySource {
 public:
  static Result<std::unique_ptr<FileSource>> Open(const std::string& path) {
    if (path == "-") return std::make_unique<FileSource>(STDIN_FILENO, std::nullopt);
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat facts = {};
    if (fd >= 0 && ::fstat(fd, &facts) == 0 && S_ISDIR(facts.st_mode)) errno = EISDIR;
    if (fd < 0 || S_ISDIR(facts.st_mode)) {
      const Status status(Code::kInvalidValue,
                          fmt::format("cannot read {}: {}", path, std::strerror(errno)));
      if (fd >= 0) ::close(fd);
      return status;
    }
    std::optional<int64_t> length;
    if (S_ISREG(facts.st_mode)) length = facts.st_size;
    return std::make_unique<FileSource>(fd, length);
  }

  FileSource(int fd, std::optional<int64_t> length) : fd_(fd), length_(length) {}
  ~FileSource() override {
    if (fd_ != STDIN_FILENO) ::close(fd_);
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  std::optional<int64_t> length() const { return length_; }
  Result<size_t> Read(std::span<char> out) override {
    while (true) {
      const ssize_t got = ::read(fd_, out.data(), out.size());
      if (got >= 0) return static_cast<size_t>(got);
      if (errno != EINTR) {
        return Status(Code::kIo, fmt::format("cannot read the source: {}", std::strerror(errno)));
      }
    }
  }

 private:
  const int fd_;
  const std::optional<int64_t> length_;
};

}  // namespace

class ApiClient::Impl {
 public:
  Impl(const ClientSettings& settings, std::string user_agent)
      : endpoint_(settings.endpoint),
        authorization_("Basic " +
                       EncodeBase64(settings.access_key_id + ":" + settings.secret_access_key)),
        client_({.user_agent = user_agent}),
        patient_client_({.user_agent = std::move(user_agent), .stall_timeout_ms = 0}) {}

  http::ClientRequest Request(std::string method, std::string_view path,
                              const Parameters& parameters) const {
    http::ClientRequest request;
    request.method = std::move(method);
    request.url = endpoint_;
    request.url += path;
    char separator = '?';
    for (const auto& [name, value] : parameters) {
      request.url += separator + EscapeQuery(name) + "=" + EscapeQuery(value);
      separator = '&';
    }
    request.headers = {{"Authorization", authorization_}, {"Accept", "application/json"}};
    return request;
  }

  http::Client& client() { return client_; }
  http::Client& patient_client() { return patient_client_; }

  http::ClientRequest PostRequest(std::string_view path, const Json& body,
                                  const Parameters& parameters) const {
    http::ClientRequest request = Request("POST", path, parameters);
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = ToJsonText(body);
    return request;
  }

 private:
  const std::string endpoint_, authorization_;
  http::Client client_, patient_client_;
};

ApiClient::ApiClient(ClientSettings settings, std::string user_agent)
    : settings_(std::move(settings)),
      impl_(std::make_unique<Impl>(settings_, std::move(user_agent))) {}
ApiClient::~ApiClient() = default;

Result<Json> ApiClient::Get(std::string_view path, const Parameters& parameters) {
  TARN_TRY_ASSIGN(const auto response, impl_->client().Do(impl_->Request("GET", path, parameters)));
  return ToJson(response);
}

Result<Json> ApiClient::Post(std::string_view path, const Json& body,
                             const Parameters& parameters) {
  TARN_TRY_ASSIGN(const auto response,
                  impl_->client().Do(impl_->PostRequest(path, body, parameters)));
  return ToJson(response);
}

Result<Json> ApiClient::PostPatiently(std::string_view path, const Json& body) {
  TARN_TRY_ASSIGN(const auto response,
                  impl_->patient_client().Do(impl_->PostRequest(path, body, {})));
  return ToJson(response);
}

Status ApiClient::Delete(std::string_view path, const Parameters& parameters) {
  TARN_TRY_ASSIGN(const auto response,
                  impl_->client().Do(impl_->Request("DELETE", path, parameters)));
  return ToJson(response).status();
}

Status ApiClient::Download(std::string_view path, const Parameters& parameters,
                           const std::function<Status(std::string_view)>& sink) {
  const auto pass_on = [&](std::span<const char> bytes) {
    return sink({bytes.data(), bytes.size()});
  };
  TARN_TRY_ASSIGN(const auto response,
                  impl_->client().Download(impl_->Request("GET", path, parameters), pass_on));
  return response.status < 300 ? Status() : Refusal(response);
}

Result<Json> ApiClient::Upload(std::string_view path, const Parameters& parameters,
                               const std::string& file, const std::string& content_type) {
  TARN_TRY_ASSIGN(const auto source, FileSource::Open(file));
  http::ClientRequest request = impl_->Request("POST", path, parameters);
  request.headers.emplace_back("Content-Type", content_type);
  request.source = source.get();
  request.source_length = source->length();
  TARN_TRY_ASSIGN(const auto response, impl_->client().Do(request));
  return ToJson(response);
}

std::string RepositoryPath(std::string_view repository, std::string_view rest) {
  return fmt::format("/repositories/{}{}", EscapePathSegment(repository), rest);
}

std::string RefPath(std::string_view repository, std::string_view ref, std::string_view rest) {
  return RepositoryPath(repository, fmt::format("/refs/{}{}", EscapePathSegment(ref), rest));
}

std::string BranchPath(std::string_view repository, std::string_view branch,
                       std::string_view rest) {
  return RepositoryPath(repository, fmt::format("/branches/{}{}", EscapePathSegment(branch), rest));
}

}  // namespace tarn::cli
