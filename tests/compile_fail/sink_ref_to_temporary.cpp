// SPDX-License-Identifier: MIT
// A sink that is gone before the first byte is written.
// expect-gcc: cannot bind non-const lvalue reference of type
// expect-clang: no viable conversion from 'stet::counting_sink'
#include <stet/sink/sinks.hpp>

int main()
{
#ifdef STET_BREAK
    const stet::sink_ref reference = stet::counting_sink();
#else
    stet::counting_sink  sink;
    const stet::sink_ref reference = sink;
#endif
    return reference.write({}) ? 0 : 1;
}
