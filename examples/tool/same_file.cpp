// SPDX-License-Identifier: MIT
#include "same_file.hpp"

#include <filesystem>
#include <system_error>

namespace {

namespace fs = std::filesystem;

/// Absolute, without links and dots as far as it exists; empty where the system does not tell.
fs::path resolved(const fs::path& path)
{
    std::error_code wrong;
    const fs::path  whole = fs::absolute(path, wrong);
    return wrong ? fs::path() : fs::weakly_canonical(whole, wrong);
}

} // namespace

bool example::is_same_file(const std::string& one, const std::string& other)
{
    const fs::path  first(std::u8string(one.begin(), one.end()));
    const fs::path  second(std::u8string(other.begin(), other.end()));
    std::error_code wrong;
    if (one == other || fs::equivalent(first, second, wrong))
        return true;
    const fs::path place = resolved(first);
    return !place.empty() && place == resolved(second);
}
