#include "codec/mime_word.h"

#include <gtest/gtest.h>

namespace tarn {
namespace {

std::string Decoded(std::string_view text) {
  const auto decoded = DecodeMimeWords(text);
  return decoded.ok() ? *decoded : "error: " + std::string(decoded.status().message());
}

TEST(MimeWord, DecodesBothEncodings) {
  EXPECT_EQ(Decoded("=?UTF-8?B?Z3LDvG4=?="), "gr\u00fcn");
  EXPECT_EQ(Decoded("=?ISO-8859-1?Q?gr=FCn?="), "gr\u00fcn");
  EXPECT_EQ(Decoded("=?utf-8?q?a_b=5F=c3=bc?="), "a b_\u00fc");
  EXPECT_EQ(Decoded("=?us-ascii?q?x=80y?="), "x\ufffdy");
  EXPECT_EQ(Decoded("plain"), "plain");
  EXPECT_EQ(Decoded(""), "");
}

TEST(MimeWord, DropsWhiteSpaceBetweenWordsOnly) {
  EXPECT_EQ(Decoded("a =?utf-8?q?b?= \t =?utf-8?q?c?= d"), "a bc d");
  EXPECT_EQ(Decoded("=?utf-8?q?b?= x =?utf-8?q?c?="), "b x c");
}

TEST(MimeWord, KeepsWhatIsNoWord) {
  for (const std::string_view text :
       {"=?", "=?utf-8", "=?utf-8?q", "=?utf-8?q?x", "=?utf-8?x?abc?=", "=?utf-8?b?***?=",
        "=?utf-8?q?=F?=", "=?utf-8?q?=GG?=", "=?utf-8?qq?x?=", "a=?b=?c"})
    EXPECT_EQ(Decoded(text), text);
  EXPECT_EQ(Decoded("=?utf-8?x?a?= =?utf-8?q?b?="), "=?utf-8?x?a?= b");
}

TEST(MimeWord, RefusesOtherCharacterSets) {
  EXPECT_EQ(Decoded("=?KOI8-R?B?9MXT1A==?="), "error: mime: unhandled charset \"KOI8-R\"");
}

TEST(MimeWord, EncodesOnlyWhatNeedsIt) {
  EXPECT_EQ(EncodeMimeWords("10 cm\t=?_"), "10 cm\t=?_");
  EXPECT_EQ(EncodeMimeWords(""), "");
  EXPECT_EQ(EncodeMimeWords("gr\u00fcn \u65e5\u672c"), "=?utf-8?q?gr=C3=BCn_=E6=97=A5=E6=9C=AC?=");
  EXPECT_EQ(EncodeMimeWords("a=b?c_d\r\n"), "=?utf-8?q?a=3Db=3Fc=5Fd=0D=0A?=");
  EXPECT_EQ(EncodeMimeWords("\x7f"), "=?utf-8?q?=7F?=");
}

TEST(MimeWord, SplitsBetweenCharacters) {
  // 63 characters fit a word; a character of two bytes takes six.
  const std::string letters(60, 'x');
  EXPECT_EQ(EncodeMimeWords(letters + "\u00fc"), "=?utf-8?q?" + letters + "?= =?utf-8?q?=C3=BC?=");
  EXPECT_EQ(EncodeMimeWords(letters.substr(3) + "\u00fcy"),
            "=?utf-8?q?" + letters.substr(3) + "=C3=BC?= =?utf-8?q?y?=");
}

TEST(MimeWord, DecodesWhatItEncodes) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "\u00e4 \u65e5=?x?_\n";
  EXPECT_EQ(Decoded(EncodeMimeWords(text)), text);
}

}  // namespace
}  // namespace tarn
