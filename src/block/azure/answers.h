// The XML documents of the Blob service: those that it answers with, and those that it is sent.
// Level 3; pure functions. Everything that an answer holds is checked: a store may be anything.
//
// Source: the Azure Storage REST reference. kSlowDown for a document that is not what it should be.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "block/azure/sas.h"
#include "block/remote/key_lister.h"

namespace tarn::block::azure {

/// Of List Blobs, without what only stands for a folder. Entity tags as those of imports.
Result<remote::ListAnswer> ReadListAnswer(std::string_view body);

/// Of Get Block List: the ids of the blocks that the blob is made of.
Result<std::vector<std::string>> ReadBlockList(std::string_view body);
/// What Put Block List is sent.
std::string WriteBlockList(std::span<const std::string> ids);

/// Of Get User Delegation Key.
Result<DelegationKey> ReadDelegationKey(std::string_view body);
/// What that is sent.
std::string WriteKeyInfo(int64_t starts_seconds, int64_t expires_seconds);

/// The entity tag that an imported object has: the MD5 of its bytes in hex, where the store knows
/// that, else the store's own, without quotes and space.
std::string ImportTagOf(std::string_view content_md5, std::string_view entity_tag);

}  // namespace tarn::block::azure
