// SPDX-License-Identifier: MIT
// A producer that remembers something: only its type is kept, so the capture would be lost.
// expect-gcc: no matching function for call to 'produced_view(
// expect-clang: no matching function for call to 'produced_view'
#include <stet/tensor/views.hpp>

int main()
{
    const int  object = 3;
    const auto stateless = [](const int&, stet::sink_ref) -> stet::result<void> { return {}; };
#ifdef STET_BREAK
    const int  level = 9;
    const auto producer = [&level](const int& base, stet::sink_ref) -> stet::result<void> {
        if (&level != &base)
            return {};
        return stet::error{.code = stet::errc::io_failure};
    };
#else
    const auto producer = stateless;
#endif
    const auto view = stet::produced_view(stet::dtype::u8, {0}, object, stateless);
    const auto other = stet::produced_view(stet::dtype::u8, {0}, object, producer);
    return view && other ? 0 : 1;
}
