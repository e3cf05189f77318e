// SPDX-License-Identifier: MIT
// A number in a shape's place, likelier a count of bytes or elements that belongs elsewhere.
// expect-gcc: no matching function for call to 'view_of(
// expect-clang: no matching function for call to 'view_of'
#include <stet/tensor/tensor_view.hpp>

#include <vector>

int main()
{
    const std::vector<float> values(6);
#ifdef STET_BREAK
    const auto view = stet::view_of(values, 6);
#else
    const auto view = stet::view_of(values, {6});
#endif
    return view ? 0 : 1;
}
