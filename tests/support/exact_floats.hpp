// SPDX-License-Identifier: MIT
// For tests whose floats are to be equal to the last bit.
#ifndef STET_TESTS_SUPPORT_EXACT_FLOATS_HPP
#define STET_TESTS_SUPPORT_EXACT_FLOATS_HPP

#ifdef __clang__
#pragma clang diagnostic ignored "-Wfloat-equal" // what is rounded as it should be is equal
#endif

#endif
