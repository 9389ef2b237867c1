#include "webui/web_ui.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "base/text.h"
#include "serving/entity_tag.h"
#include "serving/ready_exchange.h"

namespace tarn::webui {
namespace {

constexpr std::string_view kStartPageName = "index.html";
constexpr std::string_view kHashedFolder = "assets/";
constexpr std::string_view kHashedAge = "public, max-age=31536000, immutable";
constexpr std::string_view kSnippetsMark = "<!--Snippets-->";
constexpr int kNonceLength = 22;  // 132 bits

constexpr std::string_view kCodingNames[kCodingCount] = {"", "gzip", "br"};
constexpr std::string_view kTagEndings[kCodingCount] = {"", "-gzip", "-br"};

constexpr std::string_view kPageWithoutInterface = R"(<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Tarn</title></head>
<body>
<h1>Tarn {}</h1>
<p>Git for data lakes: this server is running, but this program was built without the web interface.
To get it, build again with Node.js 20 or newer, or with a network to fetch it:
<code>./dev build</code>.</p>
<ul>
<li>REST API: <code>/api/v1</code>, described by <a href="/openapi.json">/openapi.json</a></li>
<li>S3 gateway: by host name ({}) or by signed requests to this address</li>
<li>Health: <a href="/_health">/_health</a></li>
<li>Metrics: <a href="/metrics">/metrics</a></li>
</ul>
<p>Use <code>lakectl</code>, a client library or any S3 client with your access key.</p>
</body>
</html>
)";

/// What the start page may do more than a file.
struct Freedom {
  std::string_view nonce = {};  ///< Scripts and styles that carry it may stand in the page.
  std::span<const std::string> connect_origins = {};
};

std::string ContentPolicy(const Freedom& freedom) {
  const std::string inlined =
      freedom.nonce.empty() ? "" : fmt::format(" 'nonce-{}'", freedom.nonce);
  std::string origins;
  for (const std::string& origin : freedom.connect_origins) origins.append(" ").append(origin);
  return fmt::format(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{0}; style-src 'self'{0}; "
      "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'{1}; worker-src 'self'; "
      "manifest-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'",
      inlined, origins);
}

http::Response Page(int status, std::string_view type, const Freedom& freedom = {}) {
  http::Response response;
  response.status = status;
  if (!type.empty()) response.Add("Content-Type", type);
  response.Add("X-Content-Type-Options", "nosniff").Add("X-Frame-Options", "SAMEORIGIN");
  response.Add("Content-Security-Policy", ContentPolicy(freedom));
  response.Add("Referrer-Policy", "same-origin").Add("Cross-Origin-Opener-Policy", "same-origin");
  return response;
}

/// Whether an Accept-Encoding header takes a coding by its name. Weights other than 0 do not count:
/// we have at most one form that is shorter than another.
bool Accepts(std::string_view accepted, std::string_view coding) {
  while (!accepted.empty()) {
    const size_t comma = std::min(accepted.find(','), accepted.size());
    std::string_view item = accepted.substr(0, comma);
    accepted.remove_prefix(std::min(comma + 1, accepted.size()));
    const size_t semicolon = item.find(';');
    if (!http::EqualsIgnoreCase(Trim(item.substr(0, semicolon), " \t"), coding)) continue;
    if (semicolon == std::string_view::npos) return true;
    item.remove_prefix(semicolon + 1);
    return item.find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

Coding CodingFor(const http::RequestHead& head, const Asset& asset) {
  // What is carried packed only is sent so whatever is accepted: browsers, which run it, accept it.
  if (asset.form(Coding::kPlain).empty() && !asset.form(Coding::kGzip).empty())
    return Coding::kGzip;
  for (const Coding coding : {Coding::kBrotli, Coding::kGzip}) {
    if (!asset.form(coding).empty() &&
        Accepts(head.Get("Accept-Encoding"), kCodingNames[static_cast<size_t>(coding)]))
      return coding;
  }
  return Coding::kPlain;
}

http::Response FileAnswer(const http::RequestHead& head, const Asset& asset, bool is_hashed,
                          const Freedom& freedom = {}) {
  const Coding coding = CodingFor(head, asset);
  const auto index = static_cast<size_t>(coding);
  const std::string tag = fmt::format("\"{}{}\"", asset.tag, kTagEndings[index]);
  const bool is_known =
      serving::ListsTag(head.Get("If-None-Match"), tag, serving::TagQuotes::kNeeded);
  http::Response response = is_known ? Page(304, "", freedom) : Page(200, asset.type, freedom);
  response.Add("ETag", tag).Add("Vary", "Accept-Encoding");
  response.Add("Cache-Control", is_hashed ? kHashedAge : "no-cache");
  if (is_known) return response;
  if (coding != Coding::kPlain) response.Add("Content-Encoding", kCodingNames[index]);
  response.body = std::string(asset.forms[index]);
  return response;
}

/// The code with the nonce on each script and style that it begins.
std::string WithNonce(std::string_view code, std::string_view nonce) {
  std::string marked;
  while (!code.empty()) {
    const size_t next = code.find('<', 1);
    const std::string_view piece = code.substr(0, next);
    code.remove_prefix(piece.size());
    bool done = false;
    for (const std::string_view name : {"<script", "<style"}) {
      const std::string_view begun = piece.substr(0, name.size());
      if (!http::EqualsIgnoreCase(begun, name)) continue;
      if (piece.size() > name.size() &&
          std::string_view(" \t\r\n/>").find(piece[name.size()]) == std::string_view::npos)
        continue;
      marked += fmt::format("{} nonce=\"{}\"{}", begun, nonce, piece.substr(name.size()));
      done = true;
    }
    if (!done) marked += piece;
  }
  return marked;
}

}  // namespace

Result<std::unique_ptr<WebUi>> WebUi::Make(Options options, std::string_view pack, Random& random) {
  TARN_TRY_ASSIGN(AssetPack assets, AssetPack::Read(pack));
  if (!assets.empty() && assets.Find(kStartPageName) == nullptr)
    return Status(Code::kInvalidValue, "the packed web interface has no start page");
  return std::unique_ptr<WebUi>(new WebUi(std::move(options), std::move(assets), random));
}

WebUi::WebUi(Options options, AssetPack pack, Random& random)
    : options_(std::move(options)), pack_(std::move(pack)), random_(random) {}

std::unique_ptr<http::Exchange> WebUi::Start(const http::RequestHead& head) {
  std::string_view name = head.path;
  if (name.starts_with('/')) name.remove_prefix(1);
  const bool is_hashed = name.starts_with(kHashedFolder);
  if (const Asset* asset = name == kStartPageName ? nullptr : pack_.Find(name))
    return serving::ReadyExchange(FileAnswer(head, *asset, is_hashed));
  // A page that an older program served asks for its files: HTML would be taken for them.
  if (is_hashed && !pack_.empty()) return serving::ReadyExchange(Page(404, ""));
  return serving::ReadyExchange(StartPage(head));
}

http::Response WebUi::StartPage(const http::RequestHead& head) const {
  const Asset* page = pack_.Find(kStartPageName);
  if (page == nullptr) {
    http::Response response = Page(200, "text/html; charset=utf-8");
    response.body = fmt::format(kPageWithoutInterface, options_.version,
                                fmt::join(options_.s3_domain_names, ", "));
    return response;
  }
  if (options_.snippets.empty())
    return FileAnswer(head, *page, false, {.connect_origins = options_.connect_origins});
  return PageWithSnippets(page->form(Coding::kPlain));
}

// The nonce must not be used twice, so that the page is another one each time.
http::Response WebUi::PageWithSnippets(std::string_view page) const {
  const std::string nonce = NewNanoId(random_, kNonceLength);
  std::string snippets;
  for (const Snippet& snippet : options_.snippets)
    snippets +=
        fmt::format("<!-- snippet: {} -->\n{}\n", snippet.id, WithNonce(snippet.code, nonce));
  const size_t mark = std::min(page.find(kSnippetsMark), page.size());
  std::string text(page.substr(0, mark));
  text += snippets;
  if (mark < page.size()) text += page.substr(mark + kSnippetsMark.size());
  http::Response response = Page(200, "text/html;charset=utf-8", {nonce, options_.connect_origins});
  response.Add("Cache-Control", "no-store");
  response.body = std::move(text);
  return response;
}

}  // namespace tarn::webui
