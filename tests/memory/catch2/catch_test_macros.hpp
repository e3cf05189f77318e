// SPDX-License-Identifier: MIT
// The part of Catch2 that the unit tests use, for the memory sanitizer: Catch2 itself prints by way of a standard library
// that is not instrumented, which the sanitizer takes for reads of memory that nothing has written.
#ifndef STET_TESTS_MEMORY_CATCH2_CATCH_TEST_MACROS_HPP
#define STET_TESTS_MEMORY_CATCH2_CATCH_TEST_MACROS_HPP

namespace test_case {

/// A test case, which a static object adds to the list of all.
struct listed {
    listed(void (*body)(), const char* its_name, const char* its_tags = "") noexcept;

    void (*run)();
    const char* name;
    const char* tags;
    listed*     next = nullptr;
};

/// Says where a fact does not hold; the run goes on, and fails in the end.
void failed(const char* file, int line, const char* text) noexcept;

/// The same, and ends the program: what comes after a REQUIRE relies on it.
[[noreturn]] void failed_for_good(const char* file, int line, const char* text) noexcept;

/// Whether the section of that line is the one for this run of the test case.
bool enters_section(int line) noexcept;

} // namespace test_case

#define STET_TEST_JOIN_AGAIN(a, b) a##b
#define STET_TEST_JOIN(a, b) STET_TEST_JOIN_AGAIN(a, b)
#define STET_TEST_CASE(name, ...)                                                \
    static void                    name();                                       \
    static const test_case::listed STET_TEST_JOIN(name, _is)(name, __VA_ARGS__); \
    static void                    name()

#define TEST_CASE(...) STET_TEST_CASE(STET_TEST_JOIN(test_case_, __LINE__), __VA_ARGS__)
#define SECTION(...) if (test_case::enters_section(__LINE__))

#define CHECK(...) ((__VA_ARGS__) ? void() : test_case::failed(__FILE__, __LINE__, #__VA_ARGS__))
#define CHECK_FALSE(...) ((__VA_ARGS__) ? test_case::failed(__FILE__, __LINE__, "not " #__VA_ARGS__) : void())
#define REQUIRE(...) ((__VA_ARGS__) ? void() : test_case::failed_for_good(__FILE__, __LINE__, #__VA_ARGS__))
#define REQUIRE_FALSE(...) \
    ((__VA_ARGS__) ? test_case::failed_for_good(__FILE__, __LINE__, "not " #__VA_ARGS__) : void())
#define FAIL_CHECK(...) test_case::failed(__FILE__, __LINE__, #__VA_ARGS__)
#define STATIC_CHECK(...) static_assert(__VA_ARGS__)
#define STATIC_REQUIRE(...) static_assert(__VA_ARGS__)
#define STATIC_CHECK_FALSE(...) static_assert(!(__VA_ARGS__))
#define SUCCEED(...) void()

// What a failure is told with is told by the runs with Catch2.
#define INFO(...) void()
#define UNSCOPED_INFO(...) void()
#define CAPTURE(...) void()

#endif
