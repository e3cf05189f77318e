// SPDX-License-Identifier: MIT
// A callable that cannot be called as the reference would.
// expect-gcc: conversion from
// expect-clang: no viable conversion from
#include <stet/vocabulary/borrowed.hpp>

int main()
{
#ifdef STET_BREAK
    const auto increment = [](int& number) { return ++number; };
#else
    const auto increment = [](int number) { return ++number; };
#endif
    const stet::function_ref<int(int)> call = increment;
    return call(-1);
}
