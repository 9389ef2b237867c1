#include "codec/png.h"

#include <zlib.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/check.h"

namespace tarn {
namespace {

constexpr uint32_t kSideMax = 65535;
constexpr size_t kColoursMax = 256;
constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";
// Of the header: 8 bits, palette; deflate, adaptive filters, not interlaced.
constexpr std::string_view kKind("\x08\x03\x00\x00\x00", 5);

void AppendBigEndian(std::string* out, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out->push_back(static_cast<char>(value >> shift));
}

void AppendChunk(std::string* out, std::string_view type, std::string_view data) {
  AppendBigEndian(out, static_cast<uint32_t>(data.size()));
  const std::string checked = std::string(type) + std::string(data);
  *out += checked;
  const auto* bytes = reinterpret_cast<const Bytef*>(checked.data());
  AppendBigEndian(out, static_cast<uint32_t>(crc32(0, bytes, static_cast<uInt>(checked.size()))));
}

std::string Deflated(std::string_view bytes) {
  uLongf size = compressBound(bytes.size());
  std::string out(size, '\0');
  // Fails only when there is no memory left.
  TARN_CHECK(compress(reinterpret_cast<Bytef*>(out.data()), &size,
                      reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()) == Z_OK);
  out.resize(size);
  return out;
}

}  // namespace

Picture::Picture(uint32_t width, uint32_t height, std::vector<Colour> palette)
    : width_(width), height_(height), palette_(std::move(palette)) {
  TARN_CHECK(width > 0 && width <= kSideMax && height > 0 && height <= kSideMax);
  TARN_CHECK(!palette_.empty() && palette_.size() <= kColoursMax);
  rows_.assign(size_t{height} * (size_t{width} + 1), '\0');
}

void Picture::Fill(uint32_t x, uint32_t y, uint32_t width, uint32_t height, uint8_t colour) {
  TARN_CHECK(colour < palette_.size());
  if (x >= width_ || y >= height_) return;
  const uint32_t bottom = y + std::min(height, height_ - y);
  for (; y < bottom; ++y) {
    std::fill_n(rows_.begin() + static_cast<ptrdiff_t>(size_t{y} * (size_t{width_} + 1) + 1 + x),
                std::min(width, width_ - x), static_cast<char>(colour));
  }
}

std::string Picture::Png() const {
  std::string header, colours;
  AppendBigEndian(&header, width_);
  AppendBigEndian(&header, height_);
  header += kKind;
  for (const Colour& colour : palette_) {
    for (const uint8_t part : {colour.red, colour.green, colour.blue}) {
      colours.push_back(static_cast<char>(part));
    }
  }
  std::string out(kSignature);
  AppendChunk(&out, "IHDR", header);
  AppendChunk(&out, "PLTE", colours);
  AppendChunk(&out, "IDAT", Deflated(rows_));
  AppendChunk(&out, "IEND", "");
  return out;
}

}  // namespace tarn
