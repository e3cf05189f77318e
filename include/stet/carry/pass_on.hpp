// SPDX-License-Identifier: MIT
#ifndef STET_CARRY_PASS_ON_HPP
#define STET_CARRY_PASS_ON_HPP

#include "../header/metadata.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "carried.hpp"

namespace STET_NAMESPACE::carry {

/// The metadata of a file that was read for a new one, by a rule for each key, under entries of one's own: these are
/// there whatever the rules say, and a digest among them is taken for right.
/// errors: invalid_metadata_utf8, duplicate_metadata_key, out_of_memory
result<passed_on> pass_on(const metadata_view& source, const metadata_view& own = {},
                          const carry_options& options = {});

} // namespace STET_NAMESPACE::carry

#if STET_BODIES
#include "impl/pass_on.ipp"
#endif

#endif
