// The floor under an import from S3: sixteen clients that list folders page after page and look at
// nothing but the number of keys. An import of the same folders is measured against it (./dev
// bench).
//
// Usage: listing_floor URL BUCKET PREFIX FOLDERS, where PREFIX/0000/, PREFIX/0001/ and so on are
// the folders; TARN_S3_KEY and TARN_S3_SECRET are the keys. Prints "objects=N seconds=S".

#include <curl/curl.h>
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

constexpr int kThreads = 16;

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

size_t Append(char* data, size_t size, size_t count, void* to) {
  static_cast<std::string*>(to)->append(data, size * count);
  return size * count;
}

std::string Between(std::string_view text, std::string_view begin, std::string_view end) {
  const size_t from = text.find(begin);
  if (from == std::string_view::npos) return "";
  const size_t start = from + begin.size();
  return std::string(text.substr(start, text.find(end, start) - start));
}

/// One connection.
class Client {
 public:
  explicit Client(const std::string& bucket_url)
      : bucket_url_(bucket_url), curl_(curl_easy_init()) {
    const char* const key = std::getenv("TARN_S3_KEY");
    const char* const secret = std::getenv("TARN_S3_SECRET");
    if (curl_ == nullptr || key == nullptr || secret == nullptr) Fail("no client, or no keys");
    curl_easy_setopt(curl_, CURLOPT_AWS_SIGV4, "aws:amz:us-east-1:s3");
    curl_easy_setopt(curl_, CURLOPT_USERPWD, fmt::format("{}:{}", key, secret).c_str());
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, &Append);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &page_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { curl_easy_cleanup(curl_); }

  /// The number of keys in a folder.
  int64_t List(const std::string& folder) {
    int64_t keys = 0;
    std::string token;
    do {
      // libcurl signs the query as it stands: in byte order.
      std::string query = token.empty() ? "" : "continuation-token=" + Escape(token) + "&";
      Ask(query + "list-type=2&prefix=" + Escape(folder));
      for (size_t at = 0; (at = page_.find("<Key>", at)) != std::string::npos; ++at) ++keys;
      token = Between(page_, "<NextContinuationToken>", "</NextContinuationToken>");
    } while (!token.empty());
    return keys;
  }

 private:
  std::string Escape(const std::string& text) {
    char* const escaped = curl_easy_escape(curl_, text.data(), static_cast<int>(text.size()));
    std::string result = escaped;
    curl_free(escaped);
    return result;
  }

  void Ask(const std::string& query) {
    page_.clear();
    curl_easy_setopt(curl_, CURLOPT_URL, (bucket_url_ + "?" + query).c_str());
    long status = 0;
    const CURLcode code = curl_easy_perform(curl_);
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK || status != 200) {
      Fail(fmt::format("listing failed: {} {} {}", curl_easy_strerror(code), status, page_));
    }
  }

  const std::string bucket_url_;
  CURL* const curl_;
  std::string page_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) Fail("usage: listing_floor URL BUCKET PREFIX FOLDERS");
  const std::string url = fmt::format("{}/{}", argv[1], argv[2]), prefix = argv[3];
  const int folders = std::atoi(argv[4]);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  std::atomic<int> next = 0;
  std::atomic<int64_t> objects = 0;
  const auto begun = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      Client client(url);
      for (int folder = next++; folder < folders; folder = next++) {
        objects += client.List(fmt::format("{}/{:04}/", prefix, folder));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  fmt::print("objects={} seconds={:.3f}\n", objects.load(), seconds);
}
