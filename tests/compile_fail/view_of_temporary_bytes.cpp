// SPDX-License-Identifier: MIT
// A view of raw bytes that are gone when the call returns.
// expect-gcc: use of deleted function
// expect-clang: call to deleted function 'view_of'
#include <stet/tensor/tensor_view.hpp>

#include <cstddef>
#include <vector>

int main()
{
    const std::vector<std::byte> named(12);
    const auto                   view = stet::view_of(stet::dtype::f16, {2, 3}, named);
#ifdef STET_BREAK
    const auto dangling = stet::view_of(stet::dtype::f16, {2, 3}, std::vector<std::byte>(12));
#else
    const auto& dangling = view;
#endif
    return view && dangling ? 0 : 1;
}
