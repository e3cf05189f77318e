// SPDX-License-Identifier: MIT
#ifndef STET_SIGNING_IMPL_SIGNED_FILES_HPP
#define STET_SIGNING_IMPL_SIGNED_FILES_HPP

#include "../../file/file_system.hpp"
#include "../../file/folder.hpp"
#include "../../hashes/digests.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace STET_NAMESPACE::detail {

/// Whether a path comes before another, part by part, each compared byte by byte: "a/b" before "a-b".
bool is_before_by_parts(std::string_view one, std::string_view other) noexcept;

/// The names of all files below a folder, relative to it, parts joined by '/', sorted by their parts.
/// path:       of the folder, for errors
/// is_ignored: asked about every file and folder; what lies in one that is ignored is not looked at
/// errors:     not_a_regular_file, invalid_file_name, the system's
result<std::vector<std::string>> files_below(const folder& top, const std::string& path,
                                             function_ref<bool(std::string_view name)> is_ignored);

/// The SHA-256 of a file below a folder.
/// errors: not_a_regular_file, editing_not_offered, out_of_memory, the system's
result<hashes::digest_bytes> hash_file(const folder& top, const std::string& path, const std::string& name,
                                       const allocator& memory);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "signed_files.ipp"
#endif

#endif
