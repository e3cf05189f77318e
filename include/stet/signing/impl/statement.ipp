// SPDX-License-Identifier: MIT
#include "../../file/folder.hpp"
#include "../../vocabulary/impl/json_string.hpp"
#include "../statement.hpp"
#include "signed_files.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace STET_NAMESPACE::detail {

/// What model signing leaves out of every folder.
inline constexpr std::array<std::string_view, 4> never_signed{".git", ".gitattributes", ".github",
                                                              ".gitignore"};

/// Whether a path is this one or lies in it.
inline bool is_in(std::string_view path, std::string_view what) noexcept
{
    return path.starts_with(what) && (path.size() == what.size() || path[what.size()] == '/');
}

/// JSON that is put together from left to right.
class statement_text {
public:
    void put(std::string_view text) { text_ += text; }
    void put_string(std::string_view text)
    {
        text_ += '"';
        escape_json(text, [this](std::string_view piece) { text_ += piece; });
        text_ += '"';
    }
    void put_digest(const hashes::digest_bytes& digest)
    {
        constexpr std::string_view digits = "0123456789abcdef";
        text_ += '"';
        for (const std::byte byte : digest) {
            text_ += digits[std::to_integer<std::size_t>(byte >> 4U)];
            text_ += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
        }
        text_ += '"';
    }
    std::string& text() noexcept { return text_; }

private:
    std::string text_{};
};

/// The last part of a folder's path, or the name that is given; nothing where there is none.
inline std::string subject_name(const std::string& path, const signing::options& how)
{
    if (!how.name.empty())
        return std::string(how.name);
    std::string trimmed = path;
    while (trimmed.size() > 1 && trimmed.back() == '/')
        trimmed.pop_back();
    std::string name = folder::split(trimmed, how.file_system->paths).second;
    return name == "." || name == ".." ? std::string() : name;
}

inline result<hashes::digest_bytes> digest_of(const folder& top, const std::string& path,
                                              const std::string& name, const signing::options& how)
{
    for (const signing::known_digest& known : how.known) {
        if (known.name == name)
            return known.digest;
    }
    return hash_file(top, path, name, how.allocator);
}

inline void put_serialization(statement_text& out, const signing::options& how)
{
    out.put(
        R"("serialization":{"method":"files","hash_type":"sha256","allow_symlinks":false,"ignore_paths":[)");
    bool       is_first = true;
    const auto put_path = [&](std::string_view path) {
        out.put(is_first ? std::string_view() : std::string_view(","));
        is_first = false;
        out.put_string(path);
    };
    for (const std::string_view path : never_signed)
        put_path(path);
    for (const std::string_view path : how.ignored)
        put_path(path);
    out.put("]}");
}

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::signing {

STET_INLINE result<std::string> statement(const std::string& folder, const options& how)
{
    const std::string name = detail::subject_name(folder, how);
    if (name.empty() || !detail::inspect_json_string(name).well_formed)
        return error{.code = errc::invalid_file_name}.about(folder);
    const auto top = stet::folder::open(*how.file_system, folder);
    if (!top)
        return top.error();
    const auto files = detail::files_below(*top, folder, [&](std::string_view path) {
        for (const std::string_view ignored : detail::never_signed) {
            if (detail::is_in(path, ignored))
                return true;
        }
        for (const std::string_view ignored : how.ignored) {
            if (detail::is_in(path, ignored))
                return true;
        }
        return false;
    });
    if (!files)
        return files.error();
    detail::statement_text resources;
    hashes::sha256         all;
    for (const std::string& file : *files) {
        const auto digest = detail::digest_of(*top, folder, file, how);
        if (!digest)
            return digest.error();
        all.update(bytes(*digest));
        resources.put(resources.text().empty() ? R"({"name":)" : R"(,{"name":)");
        resources.put_string(file);
        resources.put(R"(,"algorithm":"sha256","digest":)");
        resources.put_digest(*digest);
        resources.put("}");
    }
    detail::statement_text out;
    out.put(R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":)");
    out.put_string(name);
    out.put(R"(,"digest":{"sha256":)");
    out.put_digest(all.finish());
    out.put(R"(}}],"predicateType":"https://model_signing/signature/v1.0","predicate":{)");
    detail::put_serialization(out, how);
    out.put(R"(,"resources":[)");
    out.put(resources.text());
    out.put("]}}");
    return std::move(out.text());
}

} // namespace STET_NAMESPACE::signing
