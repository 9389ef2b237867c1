// Parameters that several operations share. Level 8; constant data.
#pragma once

#include "rest/contract/operation.h"

namespace tarn::rest::params {

// Reusable ones: components/parameters of the OpenAPI document.
inline constexpr Parameter kPrefix{.name = "prefix",
                                   .allow_empty = true,
                                   .component = "PaginationPrefix",
                                   .description = "Only names that start with this."};
inline constexpr Parameter kAfter{.name = "after",
                                  .allow_empty = true,
                                  .component = "PaginationAfter",
                                  .description = "Only names after this one."};
inline constexpr Parameter kDelimiter{.name = "delimiter",
                                      .allow_empty = true,
                                      .component = "PaginationDelimiter",
                                      .description = "Group names up to this text."};
inline constexpr Parameter kSearch{.name = "search",
                                   .allow_empty = true,
                                   .component = "SearchString",
                                   .description = "Only names that contain this."};
inline constexpr Parameter kAmount{.name = "amount",
                                   .type = ParameterType::kInteger,
                                   .default_value = "100",
                                   .bounded = true,
                                   .minimum = -1,
                                   .maximum = 1000,
                                   .component = "PaginationAmount",
                                   .description = "How many items to return; 100 if not positive."};
inline constexpr Parameter kIfNoneMatch{.name = "If-None-Match",
                                        .in = ParameterIn::kHeader,
                                        .component = "IfNoneMatch",
                                        .description = "\"*\": only if the object is absent."};
inline constexpr Parameter kIfMatch{.name = "If-Match",
                                    .in = ParameterIn::kHeader,
                                    .component = "IfMatch",
                                    .description = "Only if the entity tag is this."};
inline constexpr Parameter kNoTombstone{
    .name = "no_tombstone",
    .type = ParameterType::kBoolean,
    .default_value = "false",
    .component = "NoTombstone",
    .description = "Forget a staged object without recording its deletion, where possible."};

// Written in place.
inline constexpr Parameter kPath{
    .name = "path", .required = true, .description = "Path of the object."};
inline constexpr Parameter kForce{.name = "force",
                                  .type = ParameterType::kBoolean,
                                  .default_value = "false",
                                  .description = "Also on a read-only repository."};
inline constexpr Parameter kPresign{.name = "presign",
                                    .type = ParameterType::kBoolean,
                                    .description = "Answer with an address that needs no login."};
inline constexpr Parameter kUserMetadata{.name = "user_metadata",
                                         .type = ParameterType::kBoolean,
                                         .default_value = "true",
                                         .description = "Whether to return user metadata."};
inline constexpr Parameter kRange{.name = "Range",
                                  .in = ParameterIn::kHeader,
                                  .pattern = "range",
                                  .description = "Bytes to return, for example bytes=0-99."};
inline constexpr Parameter kReadIfNoneMatch{
    .name = "If-None-Match",
    .in = ParameterIn::kHeader,
    .description = "Answer 304 if the object has this entity tag."};
inline constexpr Parameter kTaskId{
    .name = "task_id", .required = true, .description = "Id of the task."};
inline constexpr Parameter kId{.name = "id", .required = true, .description = "Id to look up."};
inline constexpr Parameter kPrincipalId{
    .name = "principalId", .required = true, .description = "Id of the external principal."};

}  // namespace tarn::rest::params
