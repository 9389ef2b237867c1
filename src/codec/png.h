// Encodes pictures as PNG (ISO/IEC 15948): 8 bits a pixel, colours from a palette. Level 1; pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tarn {

struct Colour {
  uint8_t red = 0, green = 0, blue = 0;
};

/// A picture, all of the first colour of its palette at first.
class Picture {
 public:
  /// REQUIRES sides between 1 and 65535 pixels, and 1 to 256 colours.
  Picture(uint32_t width, uint32_t height, std::vector<Colour> palette);

  /// Fills a rectangle; what is outside of the picture is left out. `x` and `y` count from the top
  /// left corner. REQUIRES a colour of the palette.
  void Fill(uint32_t x, uint32_t y, uint32_t width, uint32_t height, uint8_t colour);

  /// The file; equal pictures give equal bytes.
  std::string Png() const;

 private:
  const uint32_t width_, height_;
  const std::vector<Colour> palette_;
  std::string rows_;  // each begins with its filter, which is none
};

}  // namespace tarn
