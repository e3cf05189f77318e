// C++20, assertions that do nothing.
#define STET_ASSERT(condition, text) static_cast<void>(0)

#include <stet/stet.hpp>

int stet_odr_first();

int stet_odr_first()
{
    return STET_VERSION;
}
