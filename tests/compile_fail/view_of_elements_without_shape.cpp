// SPDX-License-Identifier: MIT
// Elements without a shape.
// expect-first: stet: elements alone have no shape; write view_of(values, {rows, columns})
#include <stet/tensor/tensor_like.hpp>

#include <span>
#include <vector>

int main()
{
    const std::vector<float> values(12);
#ifdef STET_BREAK
    const auto view = stet::view_of(values);
#else
    const auto view = stet::view_of(values, {3, 4});
#endif
    return view ? 0 : 1;
}
