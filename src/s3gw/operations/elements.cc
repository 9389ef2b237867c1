#include "s3gw/operations/elements.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string>

namespace tarn::s3gw {
namespace {

constexpr std::string_view kEvery = "*";
constexpr std::string_view kAmz = "x-amz-";

constexpr std::string_view kOfSignature = "It is part of the signature and judged there.";
constexpr std::string_view kOfBody = "It describes how the body is sent and is judged there.";
constexpr std::string_view kOfObject =
    "It describes an object that is stored; where none is, there is nothing to describe.";
constexpr std::string_view kOfListing =
    "It shapes the pages of a listing; other answers have none.";
constexpr std::string_view kOfAnswer =
    "It shapes the answer that carries an object; others do not.";
constexpr std::string_view kOfSender = "It says who sends; nothing is asked for.";

constexpr std::string_view kNoLock = "Bucket is missing Object Lock Configuration";

constexpr Element Harmless(std::string_view name, std::string_view why) {
  return {.name = name, .harmless = kEvery, .why = why};
}
constexpr Element Refused(std::string_view name, Error error = Error::kNotImplemented,
                          std::string_view message = {}) {
  return {.name = name, .harmless = {}, .why = {}, .error = error, .message = message};
}
constexpr Element HarmlessIf(std::string_view name, std::string_view values, std::string_view why,
                             Error error = Error::kNotImplemented) {
  return {.name = name, .harmless = values, .why = why, .error = error};
}

constexpr Element kHeaders[] = {
    Harmless("cache-control", kOfObject),
    Harmless("content-disposition", kOfObject),
    Harmless("content-encoding", kOfObject),
    Harmless("content-language", kOfObject),
    Harmless("content-md5", "It is compared with every body that is taken."),
    Refused("content-range"),
    Harmless("content-type", kOfObject),
    Harmless("expires", kOfObject),
    Refused("if-match"),
    Refused("if-modified-since"),
    Refused("if-none-match"),
    Harmless("if-range", "It is about a range, and only objects have ranges."),
    Refused("if-unmodified-since"),
    Harmless("range", "RFC 9110 wants it passed over where there are no ranges."),
    HarmlessIf("x-amz-acl", "private|bucket-owner-full-control",
               "Nobody is let in: permissions are those of the repository.",
               Error::kAclNotSupported),
    Harmless("x-amz-api-version", kOfSender),
    Refused("x-amz-bucket-namespace"),
    Refused("x-amz-bucket-object-lock-enabled", Error::kInvalidRequest, kNoLock),
    Refused("x-amz-bucket-object-lock-token", Error::kInvalidRequest, kNoLock),
    Refused("x-amz-bypass-governance-retention", Error::kInvalidRequest, kNoLock),
    Harmless("x-amz-cf-id", kOfSender),
    Harmless("x-amz-checksum-algorithm", "The checksum of each part is compared as it comes."),
    Refused("x-amz-checksum-crc32"),
    Refused("x-amz-checksum-crc32c"),
    Refused("x-amz-checksum-crc64nvme"),
    Harmless("x-amz-checksum-mode", "No checksum is kept, so S3 too would tell none."),
    Refused("x-amz-checksum-sha1"),
    Refused("x-amz-checksum-sha256"),
    Harmless("x-amz-checksum-type", "It names the kind of a checksum that stands elsewhere."),
    Refused("x-amz-client-token"),
    Refused("x-amz-confirm-remove-self-bucket-access"),
    Harmless("x-amz-content-sha256", kOfSignature),
    HarmlessIf("x-amz-copy-source", "", "It names nothing."),
    Refused("x-amz-copy-source-if-match"),
    Refused("x-amz-copy-source-if-modified-since"),
    Refused("x-amz-copy-source-if-none-match"),
    Refused("x-amz-copy-source-if-unmodified-since"),
    Refused("x-amz-copy-source-range"),
    Refused("x-amz-copy-source-server-side-encryption-customer-algorithm"),
    Refused("x-amz-copy-source-server-side-encryption-customer-key"),
    Refused("x-amz-copy-source-server-side-encryption-customer-key-md5"),
    Refused("x-amz-create-session-mode"),
    Harmless("x-amz-date", kOfSignature),
    Harmless("x-amz-decoded-content-length", kOfBody),
    Refused("x-amz-expected-bucket-owner", Error::kAccessDenied),
    Refused("x-amz-grant-full-control", Error::kAclNotSupported),
    Refused("x-amz-grant-read", Error::kAclNotSupported),
    Refused("x-amz-grant-read-acp", Error::kAclNotSupported),
    Refused("x-amz-grant-write", Error::kAclNotSupported),
    Refused("x-amz-grant-write-acp", Error::kAclNotSupported),
    Refused("x-amz-if-match-initiated-time"),
    Refused("x-amz-if-match-last-modified-time"),
    Refused("x-amz-if-match-size"),
    Refused("x-amz-max-parts"),
    Harmless("x-amz-metadata-directive", "It chooses between two metadata; only copies have two."),
    Refused("x-amz-mfa"),
    Refused("x-amz-mp-object-size"),
    Refused("x-amz-object-attributes"),
    Refused("x-amz-object-lock-legal-hold", Error::kInvalidRequest, kNoLock),
    Refused("x-amz-object-lock-mode", Error::kInvalidRequest, kNoLock),
    Refused("x-amz-object-lock-retain-until-date", Error::kInvalidRequest, kNoLock),
    Refused("x-amz-object-ownership"),
    Harmless("x-amz-optional-object-attributes", "It asks for what is told only where it exists."),
    Refused("x-amz-part-number-marker"),
    Refused("x-amz-rename-source"),
    Harmless("x-amz-request-payer", "Nothing costs anything here."),
    Harmless("x-amz-sdk-checksum-algorithm", "It only names the checksum that stands elsewhere."),
    Harmless("x-amz-security-token", kOfSignature),
    Refused("x-amz-server-side-encryption"),
    Refused("x-amz-server-side-encryption-aws-kms-key-id"),
    Refused("x-amz-server-side-encryption-bucket-key-enabled"),
    Refused("x-amz-server-side-encryption-context"),
    Refused("x-amz-server-side-encryption-customer-algorithm"),
    Refused("x-amz-server-side-encryption-customer-key"),
    Refused("x-amz-server-side-encryption-customer-key-md5"),
    Harmless("x-amz-signature", "It only leads a request to the gateway."),
    Refused("x-amz-skip-destination-validation"),
    Refused("x-amz-source-expected-bucket-owner", Error::kAccessDenied),
    HarmlessIf("x-amz-storage-class", "STANDARD", "All objects are of this class.",
               Error::kInvalidStorageClass),
    Refused("x-amz-tagging"),
    HarmlessIf("x-amz-tagging-directive", "COPY|REPLACE", "No object has tags."),
    Harmless("x-amz-te", "It offers to take another coding; the answer says that it is not used."),
    Harmless("x-amz-trailer", kOfBody),
    Refused("x-amz-transition-default-minimum-object-size"),
    Harmless("x-amz-user-agent", kOfSender),
    Refused("x-amz-website-redirect-location"),
    Refused("x-amz-write-offset-bytes"),
    // Families.
    Refused("x-amz-fwd-*"),
    Harmless("x-amz-meta-*", kOfObject),
    Refused("x-amz-rename-source-*"),
};

constexpr Element kParameters[] = {
    Harmless("AWSAccessKeyId", kOfSignature),
    Harmless("Expires", kOfSignature),
    Harmless("Signature", kOfSignature),
    Harmless("SignatureMethod", kOfSignature),
    Harmless("SignatureVersion", kOfSignature),
    Harmless("Timestamp", kOfSignature),
    Harmless("X-Amz-Algorithm", kOfSignature),
    Harmless("X-Amz-Credential", kOfSignature),
    Harmless("X-Amz-Date", kOfSignature),
    Harmless("X-Amz-Expires", kOfSignature),
    Harmless("X-Amz-Signature", kOfSignature),
    Harmless("X-Amz-SignedHeaders", kOfSignature),
    Refused("abac"),
    Refused("accelerate"),
    Refused("acl"),
    Refused("analytics"),
    Refused("annotation"),
    Refused("append"),
    Refused("attributes"),
    Refused("bucket-region"),
    Harmless("continuation-token", kOfListing),
    Refused("copy-source"),
    Refused("cors"),
    Refused("defaultObjectAcl"),
    Refused("delete"),
    Harmless("delimiter", kOfListing),
    Harmless("encoding-type", kOfListing),
    Refused("encryption"),
    Refused("events"),
    Harmless("fetch-owner", "Buckets and objects have no owners that could be told."),
    Refused("intelligent-tiering"),
    Refused("inventory"),
    Harmless("key-marker", kOfListing),
    Refused("lambdaArn"),
    Refused("legal-hold"),
    Refused("lifecycle"),
    Harmless("list-type", kOfListing),
    Refused("location"),
    Refused("logging"),
    Harmless("marker", kOfListing),
    Harmless("max-buckets", "All buckets come on one page, which says that there is no other."),
    Harmless("max-keys", kOfListing),
    Harmless("max-parts", kOfListing),
    Harmless("max-uploads", kOfListing),
    Refused("metadataConfiguration"),
    Refused("metadataInventoryTable"),
    Refused("metadataJournalTable"),
    Refused("metadataTable"),
    Refused("metrics"),
    Refused("notification"),
    Refused("object-lock"),
    Refused("ownershipControls"),
    Harmless("part-number-marker", kOfListing),
    Refused("partNumber"),
    Refused("policy"),
    Refused("policyStatus"),
    Harmless("prefix", kOfListing),
    Refused("publicAccessBlock"),
    Refused("renameObject"),
    Refused("replication"),
    Refused("requestPayment"),
    Harmless("response-cache-control", kOfAnswer),
    Harmless("response-content-disposition", kOfAnswer),
    Harmless("response-content-encoding", kOfAnswer),
    Harmless("response-content-language", kOfAnswer),
    Harmless("response-content-type", kOfAnswer),
    Harmless("response-expires", kOfAnswer),
    Refused("restore"),
    Refused("retention"),
    Refused("select"),
    Refused("select-type"),
    Refused("session"),
    Harmless("start-after", kOfListing),
    Refused("storageClass"),
    Refused("tagging"),
    Refused("torrent"),
    Harmless("upload-id-marker", kOfListing),
    Refused("uploadId"),
    Refused("uploads"),
    Refused("version-id-marker"),
    Refused("versionId", Error::kInvalidArgument, "This operation does not accept a version-id."),
    Refused("versioning"),
    Refused("versions"),
    Refused("website"),
    Harmless("x-id", "It repeats the name of the operation."),
};

constexpr char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

constexpr bool IsFamily(const Element& element) { return element.name.ends_with('*'); }

constexpr bool Ascends(std::span<const Element> elements) {
  return std::is_sorted(elements.begin(), elements.end(), [](const Element& a, const Element& b) {
    return IsFamily(a) != IsFamily(b) ? IsFamily(b) : a.name < b.name;
  });
}
static_assert(Ascends(kHeaders) && Ascends(kParameters));

constexpr bool MayBeListed(std::string_view header) {
  const char first = header.empty() ? '\0' : Lower(header.front());
  return first == 'x' || first == 'i' || first == 'c';
}
static_assert(std::all_of(std::begin(kHeaders), std::end(kHeaders), [](const Element& element) {
  return element.harmless == kEvery || MayBeListed(element.name);
}));

constexpr size_t kHeaderFamilies =
    static_cast<size_t>(std::count_if(std::begin(kHeaders), std::end(kHeaders), IsFamily));

/// Where the parameters that begin with each character start in their list: few begin alike.
constexpr size_t kCharacters = 128;
constexpr auto kParameterStarts = [] {
  std::array<uint8_t, kCharacters + 1> starts{};
  for (size_t c = 0; c <= kCharacters; ++c) {
    size_t start = 0;
    while (start < std::size(kParameters) &&
           static_cast<size_t>(kParameters[start].name.front()) < c)
      ++start;
    starts[c] = static_cast<uint8_t>(start);
  }
  return starts;
}();
static_assert(std::size(kParameters) < 256);

/// Compares a name in lower case with one in any case: negative, zero or positive.
int CompareWithAnyCase(std::string_view lower, std::string_view any) {
  const size_t common = std::min(lower.size(), any.size());
  for (size_t i = 0; i < common; ++i)
    if (const char c = Lower(any[i]); lower[i] != c) return lower[i] < c ? -1 : 1;
  return lower.size() < any.size() ? -1 : lower.size() > any.size() ? 1 : 0;
}

bool StartsWithAnyCase(std::string_view text, std::string_view start) {
  return text.size() >= start.size() &&
         CompareWithAnyCase(start, text.substr(0, start.size())) == 0;
}

}  // namespace

std::span<const Element> HeaderElements() { return kHeaders; }
std::span<const Element> ParameterElements() { return kParameters; }

bool IsHarmless(const Element& element, std::string_view value) {
  if (!element.harmless) return false;
  std::string_view values = *element.harmless;
  if (values == kEvery) return true;
  while (true) {
    const size_t end = values.find('|');
    if (values.substr(0, end) == value) return true;
    if (end == std::string_view::npos) return false;
    values.remove_prefix(end + 1);
  }
}

/// Headers that begin otherwise are never refused, so they need no look.
bool MayBeRefused(std::string_view name) { return MayBeListed(name); }

bool IsAmzHeader(std::string_view name) { return StartsWithAnyCase(name, kAmz); }

const Element* FindHeaderElement(std::string_view name) {
  const auto all = HeaderElements();
  const auto* families = all.data() + (all.size() - kHeaderFamilies);
  const auto* found = std::lower_bound(
      all.data(), families, name,
      [](const Element& a, std::string_view b) { return CompareWithAnyCase(a.name, b) < 0; });
  if (found != families && CompareWithAnyCase(found->name, name) == 0) return found;
  for (const Element& family : all.last(kHeaderFamilies))
    if (StartsWithAnyCase(name, family.name.substr(0, family.name.size() - 1))) return &family;
  return nullptr;
}

const Element* FindParameterElement(std::string_view name) {
  const auto first = name.empty() ? kCharacters : static_cast<uint8_t>(name.front());
  if (first >= kCharacters) return nullptr;
  for (size_t i = kParameterStarts[first]; i < kParameterStarts[first + 1]; ++i)
    if (kParameters[i].name == name) return &kParameters[i];
  return nullptr;
}

}  // namespace tarn::s3gw
