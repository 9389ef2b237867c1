// Files of the web interface in one piece, as webui/scripts/pack.mjs writes them:
//
//   "tarn-webui 1\n"
//   for each file a line "NAME TYPE TAG PLAIN GZIP BROTLI\n": its path without the leading slash,
//     its media type without blanks, a hash of its content in hex, and the lengths of its three
//     forms in bytes; 0 for a form that is not there: a packed one that is not shorter, or all but
//     that of gzip, which every browser takes, where a file is large
//   "\n"
//   the bytes of the forms, in the order of the lines and of their lengths
//
// Level 8; immutable, so thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string_view>

#include "base/result.h"

namespace tarn::webui {

enum class Coding : uint8_t { kPlain, kGzip, kBrotli };
inline constexpr size_t kCodingCount = static_cast<size_t>(Coding::kBrotli) + 1;

/// One file. All views point into the pack.
struct Asset {
  std::string_view type, tag;
  std::array<std::string_view, kCodingCount> forms;  ///< By Coding; empty: there is none.

  std::string_view form(Coding coding) const { return forms[static_cast<size_t>(coding)]; }
};

class AssetPack {
 public:
  /// `bytes` outlive it; none are a pack without files. kInvalidValue for what is no pack.
  static Result<AssetPack> Read(std::string_view bytes);

  /// Null if there is no such file.
  const Asset* Find(std::string_view name) const;
  bool empty() const { return assets_.empty(); }

 private:
  std::map<std::string_view, Asset> assets_;
};

}  // namespace tarn::webui
