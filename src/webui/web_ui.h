// The web interface as an http::Handler for GET and HEAD: its files, and its start page for every
// other path, since the browser's side finds its way itself.
//
// Files whose names contain a hash are kept by browsers for good; all have strong entity tags. What
// the pages may do is bounded by a Content-Security-Policy: no foreign origin but that of the store
// for uploads, no inline scripts but the operator's snippets. Level 8; thread-safe, never waits.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "http/exchange.h"
#include "webui/asset_pack.h"

namespace tarn::webui {

/// HTML that the operator wants in the head of the start page (ui.snippets); its scripts and styles
/// may run.
struct Snippet {
  std::string id, code;
};

struct Options {
  std::string version;                       ///< For the page of a program without the interface.
  std::vector<std::string> s3_domain_names;  ///< Likewise.
  std::vector<Snippet> snippets;
  /// Where the pages may send requests besides to this server: where presigned URLs lead, if
  /// uploads use them. As a Content-Security-Policy names them.
  std::vector<std::string> connect_origins;
};

class WebUi : public http::Handler {
 public:
  /// `pack` (AssetPack::Read) and `random` outlive it. kInvalidValue if the pack is damaged.
  static Result<std::unique_ptr<WebUi>> Make(Options options, std::string_view pack,
                                             Random& random);

  std::unique_ptr<http::Exchange> Start(const http::RequestHead& head) override;

 private:
  WebUi(Options options, AssetPack pack, Random& random);

  http::Response StartPage(const http::RequestHead& head) const;
  http::Response PageWithSnippets(std::string_view page) const;

  const Options options_;
  const AssetPack pack_;
  Random& random_;
};

}  // namespace tarn::webui
