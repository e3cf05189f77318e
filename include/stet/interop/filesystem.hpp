// SPDX-License-Identifier: MIT
// std::filesystem::path where the library takes a path. Not part of stet.hpp.
#ifndef STET_INTEROP_FILESYSTEM_HPP
#define STET_INTEROP_FILESYSTEM_HPP

#include "../save/save.hpp"
#include "../vocabulary/impl/utf8.hpp"

#include <array>
#include <concepts>
#include <filesystem>
#include <string>
#include <string_view>

namespace STET_NAMESPACE {

namespace detail {

inline std::string utf8_of_native(std::string_view path)
{
    return std::string(path);
}

/// Half of a surrogate pair becomes three bytes that are no UTF-8, so that the path is refused and not mistaken.
inline std::string utf8_of_native(std::wstring_view path)
{
    std::string text;
    while (!path.empty()) {
        const auto [code, size] = detail::decode_utf16(path);
        path.remove_prefix(size);
        std::array<char, 4> character{};
        text.append(character.data(), detail::encode_character(code, character.data()));
    }
    return text;
}

} // namespace detail

/// A path as the library takes it: UTF-8 on Windows, elsewhere the bytes as they are.
///     stet::save(tensors, stet::exact_path{stet::utf8_path(path), stet::existing_file::replace});
///     stet::save(tensors, stet::numbered{.root = stet::utf8_path(root), .prefix = "checkpoints/ComfyUI"});
inline std::string utf8_path(const std::filesystem::path& path)
{
    return detail::utf8_of_native(path.native());
}

/// A path that the library gives, such as that of a saved_checkpoint, for std::filesystem.
inline std::filesystem::path filesystem_path(std::string_view utf8)
{
    return std::filesystem::path(std::u8string(utf8.begin(), utf8.end()));
}

/// Saves under exactly this path: `stet::save(tensors, path)`. Only a path is taken, not what turns into one: a
/// `const char*` would be read in the system's code page on Windows.
/// errors: as for exact_path
template <std::same_as<std::filesystem::path> Path>
result<saved_checkpoint> save_plan(const plan& tensors, const Path& where, const save_options& options)
{
    return save_plan(tensors, exact_path{.path = utf8_path(where)}, options);
}

} // namespace STET_NAMESPACE

#endif
