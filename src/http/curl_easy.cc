#include "http/curl_easy.h"

#include <cstdlib>

#include <charconv>
#include <mutex>

namespace tarn::http {

Easy NewEasy() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  return Easy(curl_easy_init());
}

void SetTransport(CURL* easy, const ClientOptions& options, long buffer_bytes) {
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, buffer_bytes);
  curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, buffer_bytes);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout_ms));
  if (!options.use_proxies) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  // As OpenSSL's own programs do; the library is built with a file of its own.
  const char* const usual_ca_file = std::getenv("SSL_CERT_FILE");
  if (!options.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
  } else if (usual_ca_file != nullptr && *usual_ca_file != '\0') {
    curl_easy_setopt(easy, CURLOPT_CAINFO, usual_ca_file);
  }
  if (!options.verify_tls) {
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
  }
}

void AddHeader(HeaderList* list, const std::string& name, const std::string& value) {
  // An empty value needs a ';' to be sent at all.
  AddLine(list, (value.empty() ? name + ";" : name + ": " + value).c_str());
}

void AddLine(HeaderList* list, const char* line) {
  curl_slist* const head = list->release();
  curl_slist* const longer = curl_slist_append(head, line);
  list->reset(longer != nullptr ? longer : head);
}

bool TakeHeadLine(std::string_view line, ClientResponse* response) {
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    response->headers.clear();
    response->status = 0;
    const size_t space = line.find(' ');
    if (space == std::string_view::npos) return false;
    const std::string_view digits = line.substr(space + 1, 3);
    std::from_chars(digits.data(), digits.data() + digits.size(), response->status);
    return true;
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return true;
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  response->headers.emplace_back(line.substr(0, colon), value);
  return true;
}

Status Explain(CURLcode code, const char* detail, const std::string& url) {
  const std::string why = *detail != '\0' ? detail : curl_easy_strerror(code);
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
    return {Code::kInvalidValue, "invalid URL " + url + ": " + why};
  }
  return {Code::kIo, "cannot reach " + url.substr(0, url.find('?')) + ": " + why};
}

}  // namespace tarn::http
