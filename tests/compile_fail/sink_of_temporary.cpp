// SPDX-License-Identifier: MIT
// A sink may pass by, what it fills may not: append_sink takes named containers only.
// expect-gcc: no matching function for call to
// expect-clang: no viable constructor or deduction guide for deduction of template arguments of
#include <stet/save/save.hpp>

#include <cstddef>
#include <vector>

int bytes_of(const stet::plan& tensors, std::vector<std::byte>& kept);

int bytes_of(const stet::plan& tensors, [[maybe_unused]] std::vector<std::byte>& kept)
{
#ifdef STET_BREAK
    return stet::save(tensors, stet::append_sink{std::vector<std::byte>()}) ? 1 : 0;
#else
    return stet::save(tensors, stet::append_sink{kept}) ? 1 : 0;
#endif
}
