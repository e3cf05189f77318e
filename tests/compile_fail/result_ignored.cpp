// SPDX-License-Identifier: MIT
// A failure nobody looks at.
// expect-gcc: declared with attribute 'nodiscard'
// expect-clang: ignoring return value of function declared with 'nodiscard' attribute
#include <stet/sink/sinks.hpp>

int main()
{
    stet::counting_sink sink;
#ifdef STET_BREAK
    sink.write({});
#else
    if (!sink.write({}))
        return 1;
#endif
    return sink.size() == 0 ? 0 : 1;
}
