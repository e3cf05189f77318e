// SPDX-License-Identifier: MIT
// A view of a container that is gone when the call returns.
// expect-gcc: use of deleted function
// expect-clang: call to deleted function 'view_of'
#include <stet/tensor/tensor_view.hpp>

#include <vector>

int main()
{
    const std::vector<float> named(6);
    const auto               view = stet::view_of(named, {2, 3});
#ifdef STET_BREAK
    const auto dangling = stet::view_of(std::vector<float>(6), {2, 3});
#else
    const auto& dangling = view;
#endif
    return view && dangling ? 0 : 1;
}
