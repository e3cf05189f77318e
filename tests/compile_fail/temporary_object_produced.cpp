// SPDX-License-Identifier: MIT
// A tensor produced from an object that is gone when the call returns.
// expect-gcc: use of deleted function
// expect-clang: call to deleted function 'produced_view'
#include <stet/tensor/views.hpp>

struct device_tensor {
    int handle;
};

int main()
{
    const auto read_back = [](const device_tensor&, stet::sink_ref) -> stet::result<void> { return {}; };
    const device_tensor named{7};
    const auto          view = stet::produced_view(stet::dtype::u8, {0}, named, read_back);
#ifdef STET_BREAK
    const auto dangling = stet::produced_view(stet::dtype::u8, {0}, device_tensor{7}, read_back);
#else
    const auto& dangling = view;
#endif
    return view && dangling ? 0 : 1;
}
