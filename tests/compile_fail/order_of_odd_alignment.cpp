// SPDX-License-Identifier: MIT
// Tensors aligned to what is no power of two.
// expect: stet: tensors are aligned to a power of two from 8 bytes to 1 MiB
#include <stet/plan/order.hpp>

int main()
{
#ifdef STET_BREAK
    const stet::file_order order = stet::aligned_order<4095>;
#else
    const stet::file_order order = stet::aligned_order<4096>;
#endif
    return static_cast<int>(order.data_alignment) - 4096;
}
