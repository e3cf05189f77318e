// SPDX-License-Identifier: MIT
// A strided view of a container that is gone when the call returns.
// expect-gcc: use of deleted function
// expect-clang: call to deleted function 'strided_view'
#include <stet/tensor/strided.hpp>

#include <vector>

int main()
{
    const std::vector<float> named(6);
    const auto               view = stet::strided_view(named, {3, 2}, {1, 3});
#ifdef STET_BREAK
    const auto dangling = stet::strided_view(std::vector<float>(6), {3, 2}, {1, 3});
#else
    const auto& dangling = view;
#endif
    return view && dangling ? 0 : 1;
}
