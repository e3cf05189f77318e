// SPDX-License-Identifier: MIT
// Elements of another type where the bytes of a tensor are wanted: halves that lie in integers.
// expect-first: stet: a dtype and a shape go with bytes, and these are elements; write view_of(dtype, shape, std::as_bytes(std::span(elements))), or view_of(elements, shape) if their own type is the dtype
#include <stet/tensor/tensor_view.hpp>

#include <cstdint>
#include <span>
#include <vector>

int main()
{
    const std::vector<std::uint16_t> halves(6);
#ifdef STET_BREAK
    const auto view = stet::view_of(stet::dtype::f16, {2, 3}, halves);
#else
    const auto view = stet::view_of(stet::dtype::f16, {2, 3}, std::as_bytes(std::span(halves)));
#endif
    return view ? 0 : 1;
}
