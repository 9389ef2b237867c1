#include "hooks/secrets.h"

#include <re2/re2.h>

#include <algorithm>

namespace tarn::hooks {
namespace {

constexpr size_t kSecretBytesMin = 4;

}  // namespace

void Masker::Add(std::string_view secret) {
  if (secret.size() < kSecretBytesMin) return;
  const auto place = std::find_if(secrets_.begin(), secrets_.end(), [&](const std::string& known) {
    return known.size() <= secret.size();
  });
  secrets_.insert(place, std::string(secret));
}

std::string Masker::Mask(std::string_view text) const {
  std::string masked(text);
  for (const std::string& secret : secrets_) {
    for (size_t at = masked.find(secret); at != std::string::npos;
         at = masked.find(secret, at + kMasked.size())) {
      masked.replace(at, secret.size(), kMasked);
    }
  }
  return masked;
}

std::string Masker::MaskBeginning(std::string_view text) const {
  std::string masked = Mask(text);
  size_t left_out = 0;
  for (const std::string& secret : secrets_) {
    size_t begun = std::min(secret.size() - 1, masked.size());
    while (begun > left_out && !std::string_view(masked).ends_with(secret.substr(0, begun)))
      --begun;
    left_out = std::max(left_out, begun);
  }
  masked.resize(masked.size() - left_out);
  return masked;
}

Result<SubstitutedText> Substitute(std::string_view text, const HookEnvironment& environment,
                                   Masker* masker) {
  static const re2::RE2 kVariable(R"((\{\{ ?ENV\.(.*?) ?\}\}))");
  SubstitutedText substituted;
  re2::StringPiece rest(text.data(), text.size()), whole;
  std::string name;
  while (re2::RE2::PartialMatch(rest, kVariable, &whole, &name)) {
    substituted.is_secret = true;
    substituted.value.append(rest.data(), whole.data());
    rest.remove_prefix(static_cast<size_t>(whole.data() + whole.size() - rest.data()));
    if (!environment.enabled || !name.starts_with(environment.prefix)) continue;
    const auto value = environment.get(name);
    if (!value) return Status(Code::kInternal, name + " not found: missing env var");
    masker->Add(*value);
    substituted.value += *value;
  }
  substituted.value.append(rest.data(), rest.size());
  if (substituted.is_secret) masker->Add(substituted.value);
  return substituted;
}

}  // namespace tarn::hooks
