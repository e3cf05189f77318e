// SPDX-License-Identifier: MIT
#ifndef STET_SIGNING_STATEMENT_HPP
#define STET_SIGNING_STATEMENT_HPP

#include "../file/file_system.hpp"
#include "../file/native_file_system.hpp"
#include "../hashes/digests.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"

#include <string>
#include <string_view>

namespace STET_NAMESPACE::signing {

/// A file's SHA-256 that is known already, from the save that wrote it, say: the file is not read for it.
struct known_digest {
    std::string_view     name{};   ///< relative to the folder, parts joined by '/'
    hashes::digest_bytes digest{}; ///< its SHA-256
};

/// lifetime: borrows the texts
struct options {
    /// What is left out besides `.git`, `.gitattributes`, `.github` and `.gitignore`: files and folders relative to the
    /// folder, parts joined by '/'. The signature's own file, for one.
    array_view<const std::string_view> ignored{};
    array_view<const known_digest>     known{}; ///< files that need not be read
    std::string_view                   name{};  ///< of the subject; else the last part of the folder's path
    stet::allocator                    allocator = heap(); ///< of the block files are read in
    const stet::file_system*           file_system = &native_file_system();
};

/// What OpenSSF model signing 1.0 signs for a folder of files: an in-toto statement, as JSON in UTF-8, to be wrapped by
/// whoever signs it (DSSE, payload type `application/vnd.in-toto+json`). It names every file with its SHA-256, sorted by
/// the parts of their paths, and the folder with a digest of all those.
/// errors: invalid_file_name for a folder without a name of its own, and for names that are not UTF-8; folder_missing;
///         not_a_regular_file for links, devices and pipes; editing_not_offered; out_of_memory; the system's
/// source: in-toto Statement v1, https://model_signing/signature/v1.0 as model-signing 1.1.1 writes it
result<std::string> statement(const std::string& folder, const options& how = {});

} // namespace STET_NAMESPACE::signing

#if STET_BODIES
#include "impl/statement.ipp"
#endif

#endif
