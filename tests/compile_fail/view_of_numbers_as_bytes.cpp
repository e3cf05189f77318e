// SPDX-License-Identifier: MIT
// Numbers where bytes are wanted.
// expect-first: stet: beside a dtype bytes are wanted; write view_of(values, shape), or std::as_bytes(std::span(values)) for the third argument
#include <stet/tensor/tensor_view.hpp>

#include <span>
#include <vector>

int main()
{
    const std::vector<float> values(12);
#ifdef STET_BREAK
    const auto view = stet::view_of(stet::dtype::f32, {3, 4}, values);
#else
    const auto view = stet::view_of(stet::dtype::f32, {3, 4}, std::as_bytes(std::span(values)));
#endif
    return view ? 0 : 1;
}
