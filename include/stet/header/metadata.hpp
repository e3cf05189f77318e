// SPDX-License-Identifier: MIT
#ifndef STET_HEADER_METADATA_HPP
#define STET_HEADER_METADATA_HPP

#include "../vocabulary/config.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace STET_NAMESPACE {

/// Metadata made of owned texts, in the order they were set; a dict of metadata as it is.
using metadata_list = std::vector<std::pair<std::string, std::string>>;

/// Sets a key: an entry that is there keeps its place and gets the text.
void set_metadata(metadata_list& list, std::string_view key, std::string_view text);

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/metadata.ipp"
#endif

#endif
