// SPDX-License-Identifier: MIT
// A view of a stack that is gone when the statement ends.
// expect-gcc: use of deleted function
// expect-clang: call to deleted member function 'view'
#include <stet/tensor/views.hpp>

#include <array>

int main()
{
    const std::array<stet::tensor_view, 2> parts{};
    const auto                             stack = stet::stacked::of(parts);
    if (!stack)
        return 1;
#ifdef STET_BREAK
    const stet::tensor_view view = (*stet::stacked::of(parts)).view();
#else
    const stet::tensor_view view = (*stack).view();
#endif
    return view.is_packed() ? 1 : 0;
}
